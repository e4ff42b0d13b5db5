"""Plans to be carried out in a shell: the world before, the scripts, the world they promise."""

import copy
import re
from dataclasses import dataclass
from functools import cache

from casaudit.assess import assess
from casaudit.engine.evaluate import Question
from casaudit.engine.settings import Settings, read_settings
from casaudit.findings import Value
from casaudit.remediation.plan import PlanDocument, PlanStep, read_plan
from casaudit.remediation.verify import same_value
from casaudit.remediation.whatif import read_answers
from tests.forest import Addresses, snapshot
from tests.lab.worlds import WORLDS
from tests.shell.world import PLACES, Object, World, world_of
from tests.support.planning import written
from tests.support.shipped_rules import book, judge


@dataclass(frozen=True)
class Planned:
    """One organisation with its plan.

    Attributes:
        world: what its shell shows before.
        scripts: the files of the plan; every answer is given, every confirmation is ``yes``.
        names: the names that resolve inside the organisation.
    """

    world: World
    plan: PlanDocument
    scripts: dict[str, str]
    names: frozenset[str]

    def wanted(self, step: PlanStep) -> Value:
        """Return the value that a step sets."""
        if step.answer is None:
            return step.to
        answers = read_answers(self.scripts["answers.txt"], "answers.txt", self.plan)
        return book().shared.settings[step.setting].shape.replace("{}", answers[step.answer])

    @property
    def changing(self) -> list[PlanStep]:
        """The steps whose value is not the wanted one already."""
        settings = book().shared.settings
        steps = self.plan.steps
        return [s for s in steps if not same_value(self.wanted(s), s.from_, settings[s.setting])]

    def promised(self) -> World:
        """Return the world as it is when every step was taken."""
        after = copy.deepcopy(self.world)
        for step in self.plan.steps:
            if step.setting == "site-array":
                fqdn = str(self.wanted(step))
                name = fqdn.partition(".")[0]
                shown: dict[str, Value] = {"Name": name, "Identity": name, "Fqdn": fqdn}
                shown["SiteName"] = self.world["ADSite", step.object.id].name
                after["ClientAccessArray", fqdn] = Object("ClientAccessArray", fqdn, name, shown)
            else:
                place = PLACES[step.setting]
                target = after[place.noun, step.object.id]
                target.properties[place.property] = self.wanted(step)
        return after


@cache
def planned(name: str) -> Planned:
    """Plan one of the worlds whose plans the lab carries out too."""
    world = WORLDS[name]()
    seen, text = snapshot(world.forest), world.settings
    stated = read_settings(text, "settings.yaml") if text else Settings()
    scripts = written(assess(seen, judge(), Question(settings=stated), sha256="5" * 64))
    plan = read_plan(scripts["plan.json"].encode(), "plan.json")
    answers = world.answered(scripts["answers.txt"], plan)
    scripts["answers.txt"] = re.sub(r"(?m)^(C\d+) =$", r"\1 = yes", answers)
    inside = world.forest.dns_internal.items()
    names = frozenset(each.lower() for each, answer in inside if isinstance(answer, Addresses))
    return Planned(world_of(seen), plan, scripts, names)
