"""The words demo records are made of, in English and Chinese."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Company:
    name: str
    industry: str
    country: str
    city: str
    domain: str


def _company(name: str, industry: str, country: str, city: str, domain: str) -> Company:
    return Company(name=name, industry=industry, country=country, city=city, domain=domain)


COMPANIES = (
    _company("Northwind Clinics", "medical", "GB", "Leeds", "northwind"),
    _company("Halden Logistics", "transport", "NO", "Oslo", "halden"),
    _company("Meridian Foods", "retail", "FR", "Lyon", "meridian"),
    _company("Brightwater Utilities", "energy", "GB", "Bristol", "brightwater"),
    _company("Kestrel Aerospace", "manufacturing", "US", "Wichita", "kestrel"),
    _company("Oakline Furniture", "retail", "US", "Grand Rapids", "oakline"),
    _company("Sable & Finch", "services", "IE", "Dublin", "sablefinch"),
    _company("Tallis Pharma", "medical", "CH", "Basel", "tallis"),
    _company("Verdant Hotels", "services", "ES", "Valencia", "verdant"),
    _company("Quillon Insurance", "finance", "DE", "Hamburg", "quillon"),
    _company("Lumen Rail", "transport", "DE", "Leipzig", "lumenrail"),
    _company("Pacific Dental Group", "medical", "US", "Portland", "pacificdental"),
    _company("Arbor Schools Trust", "education", "GB", "York", "arborschools"),
    _company("Cobalt Mining", "energy", "AU", "Perth", "cobalt"),
    _company("Finch & Partners", "finance", "GB", "London", "finchpartners"),
    _company("Riverside Council", "government", "GB", "Norwich", "riverside"),
    _company("Harbour Cranes", "construction", "NL", "Rotterdam", "harbourcranes"),
    _company("Aurora Studios", "entertainment", "US", "Los Angeles", "aurora"),
    _company("Delta Telecom", "telecommunications", "US", "Austin", "deltatelecom"),
    _company("Juniper Software", "software", "SE", "Malmö", "juniper"),
    _company("Castellan Security", "technology", "IT", "Turin", "castellan"),
    _company("Bluebird Bakeries", "retail", "US", "Boston", "bluebird"),
    _company("Orchard Staffing", "employment", "US", "Denver", "orchard"),
    _company("Montrose Media", "marketing", "CA", "Toronto", "montrose"),
    _company("杭州云栖科技有限公司", "technology", "CN", "杭州", "yunqi"),
    _company("上海浦江医疗集团", "medical", "CN", "上海", "pujiang"),
    _company("深圳前海电子股份有限公司", "manufacturing", "CN", "深圳", "qianhai"),
    _company("北京华章文化传媒", "entertainment", "CN", "北京", "huazhang"),
    _company("成都天府食品", "retail", "CN", "成都", "tianfu"),
    _company("广州珠江物流", "transport", "CN", "广州", "zhujiang"),
    _company("南京钟山教育", "education", "CN", "南京", "zhongshan"),
    _company("苏州工业园建设", "construction", "CN", "苏州", "szjianshe"),
)

FIRST_NAMES = (
    "Priya", "Soren", "Thea", "Marcus", "Elena", "Jonas", "Amara", "Felix", "Ingrid", "Rafael", "Nadia", "Owen",
    "Clara", "Mateo", "Freya", "Hugo", "Leila", "Anton", "Maya", "Theo", "Sofia", "Emil", "Zara", "Lucas",
)  # fmt: skip
LAST_NAMES = (
    "Raman", "Dahl", "Costa", "Whitfield", "Petrova", "Lindqvist", "Okafor", "Brandt", "Solberg", "Moreno", "Haddad",
    "Fletcher", "Novak", "Serrano", "Jansen", "Keller", "Rossi", "Archer", "Bennett", "Moreau", "Silva", "Holm",
)  # fmt: skip
CHINESE_LAST_NAMES = ("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴")
CHINESE_FIRST_NAMES = ("伟", "芳", "秀英", "敏", "静", "志强", "丽", "建国", "晓明", "雨桐", "子涵", "思远")
TITLES = ("Head of procurement", "Operations director", "IT manager", "Chief executive", "Finance director", "Buyer")
CHINESE_TITLES = ("采购经理", "运营总监", "信息部主任", "总经理", "财务总监")
DEPARTMENTS = ("Procurement", "Operations", "IT", "Management", "Finance")

PRODUCTS = (
    ("Ward tablet 10", "HW-1010", "Field hardware", "hardware", "640"),
    ("Rugged scanner", "HW-1022", "Field hardware", "hardware", "890"),
    ("Docking trolley", "HW-1040", "Field hardware", "hardware", "410"),
    ("Cold-chain sensor", "HW-1105", "Sensors", "hardware", "120"),
    ("Asset tag, 100 pieces", "AC-2001", "Sensors", "accessory", "260"),
    ("Gateway", "HW-1120", "Sensors", "hardware", "1480"),
    ("Fleet cloud, per year", "SW-3001", "Cloud", "software", "18000"),
    ("Device management, per year", "SW-3004", "Cloud", "software", "7200"),
    ("Roll-out and training", "SV-4001", "Services", "service", "9500"),
    ("现场实施服务", "SV-4010", "服务", "service", "6800"),
)

DEALS = (
    "Ward tablets", "Depot scanners, phase 2", "Cold-chain sensors", "Meter replacement", "Hangar asset tracking",
    "Showroom point of sale", "Case management pilot", "Batch records", "Guest messaging", "Claims intake renewal",
    "Platform displays", "Imaging archive", "Parent portal", "Fleet maintenance contract", "Partner portal refresh",
    "Crane telemetry", "Permit workflow", "Studio asset library", "Tower inspection kit", "Licence extension",
)  # fmt: skip
CHINESE_DEALS = (
    "病房平板项目",
    "仓库扫码二期",
    "冷链监测",
    "门店收银升级",
    "设备管理年度服务",
    "校园门户",
    "工地巡检系统",
)
NEXT_STEPS = (
    "Send revised price list", "Call procurement about terms", "Legal review of clause 4", "Present to operations",
    "Confirm number of sites", "Share pilot success criteria", "Agree roll-out dates", "Demo to head nurse",
)  # fmt: skip
CHINESE_NEXT_STEPS = ("发送修改后的报价", "安排现场演示", "与法务确认条款", "确认实施时间")
COMMENTS = (
    "Procurement accepts 36 months if the trolleys are included.",
    "They compare us with one other vendor; price is not the main point.",
    "Good call today. The pilot on two sites went well.",
    "Budget is confirmed for this quarter.",
    "客户希望下周看到演示。",
    "价格已确认，等待合同盖章。",
)
TASKS = (
    "Call back about the offer",
    "Send the signed contract",
    "Prepare the demo",
    "Check stock",
    "准备报价单",
    "回访客户",
)
WEEKLY = "Pipeline meeting"
MONTHLY = "Forecast for the month"

EVENTS = (("Site visit", "visit"), ("Kick-off meeting", "meeting"), ("Product demo", "demo"), ("方案沟通会", "meeting"))

USERS = (
    ("anna.snelling", "Anna Snelling", "sales_manager"),
    ("darcel.schlecht", "Darcel Schlecht", "sales_rep"),
    ("niesha.huffines", "Niesha Huffines", "sales_rep"),
    ("moses.frase", "Moses Frase", "sales_rep"),
    ("cecily.lampkin", "Cecily Lampkin", "sales_rep"),
    ("mei-mei.johns", "Mei-Mei Johns", "sales_rep"),
    ("li.na", "李娜", "sales_rep"),
)
"""Username, label, role. They have no password: nobody can log in as them until one is set."""
