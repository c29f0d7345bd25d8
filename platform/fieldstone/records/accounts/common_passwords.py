"""The passwords that are tried first, as far as they are long enough to be accepted otherwise."""

from __future__ import annotations

from fieldstone.kernel.folding import fold

_LIST = """
password password1 password12 password123 password1234 password! passw0rd p@ssword p@ssw0rd pa$$word passwort
12345678 123456789 1234567890 0123456789 12345678910 123123123 1234512345 123454321 987654321 9876543210 87654321
11111111 111111111 1111111111 00000000 000000000 0000000000 22222222 55555555 66666666 77777777 88888888 888888888
99999999 999999999 12341234 11223344 1122334455 112233445566 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc
1qazxsw2 q1w2e3r4 q1w2e3r4t5 qwertyuiop qwertyui qwerty123 qwerty12 qwerty1234 qwerty12345 qwerty123456 qwertz123
qwertzuiop azertyuiop asdfghjkl asdfghjk asdfasdf asdf1234 zxcvbnm1 zxcvbnm123 zaq12wsx zaq1zaq1 abcd1234 abc12345
abc123456 abcdefgh abcdefghi a1b2c3d4 aa123456 aa12345678 a12345678 a123456789 abcabcabc abc123abc 123456abc
123456789a 123456a1 12345abc 1234abcd 1a2b3c4d iloveyou iloveyou1 iloveyou2 ilovegod trustno1 sunshine sunshine1
princess princess1 football football1 baseball baseball1 basketball superman superman1 batman123 spiderman
starwars starwars1 pokemon1 jennifer jonathan michelle michael1 jessica1 danielle alexander elizabeth christopher
computer computer1 internet internet1 whatever whatever1 letmein1 letmein123 letmein12 welcome1 welcome12
welcome123 welcome1234 welcome2 changeme changeme1 changeme123 secret123 default1 testtest test1234 test12345
testing1 testing123 guest123 guestguest admin123 admin1234 admin12345 admin123456 adminadmin administrator
root1234 rootroot toor1234 master123 mustang1 corvette mercedes porsche911 liverpool liverpool1 chelsea1 arsenal1
manchester barcelona november december september february midnight butterfly chocolate blink182 slipknot
metallica nirvana1 lovelove loveyou1 iloveu123 babygirl babygirl1 hello123 hello1234 hellohello goodluck
dragon123 monkey123 shadow123 monkey12 samsung1 samsung123 google123 facebook facebook1 linkedin minecraft
zxcvbnm, qazwsxedc qazwsx123 wsxedcrfv 147258369 159753456 741852963 963852741 789456123 456789123 147852369
5201314520 1314520520 woaini520 woaini1314 woaini123 woaiwojia asd123456 qq123456 qwe123456 zxc123456 aaa123456
a5201314 abc123123 wang1234 iloveyou520 123456qq 123456aa 123qweasd 123qweasdzxc qweasdzxc qweasd123 1234qwer
12qwaszx 123456qwerty fieldstone fieldstone1 fieldstone123 crmadmin1 correcthorsebatterystaple
"""
_COMMON = frozenset(_LIST.split())


def is_common(password: str) -> bool:
    """Whether a password is on the list, in any case, or one character repeated."""
    return fold(password) in _COMMON or len(set(password)) == 1
