"""What `check` says of workflows beyond their documents' form."""

from fieldstone.extensions.host import PluginHost
from fieldstone.metadata.catalogue import Catalogue
from fieldstone.metadata.layers import Layer, standard_layer
from fieldstone.runtime.registries import Registries

BROKEN = """\
module: opportunity
workflows:
  shout:
    label: Shout
    on: created
    do:
      - email: {to: [owner], subject: "{{ record.nothing_of_the_kind }}", body: Hello}
"""


def test_a_template_that_names_no_field_is_found_at_its_workflow() -> None:
    layers = [standard_layer(), Layer(name="site", documents={"workflows/opportunity.yaml": BROKEN})]
    compilation = Registries(PluginHost()).compile(layers, Catalogue())
    assert compilation.model is None
    (problem,) = compilation.diagnostics.errors
    assert "nothing_of_the_kind" in str(problem)
    assert str(problem.location).startswith("workflows/opportunity.yaml:")


def test_the_standard_workflows_are_fine() -> None:
    assert not list(Registries(PluginHost()).compile([standard_layer()], Catalogue()).diagnostics)
