"""The commands that judge: ``demo``, ``report`` and, after collecting, ``audit``."""

from typing import Annotated

import typer

from casaudit import shipped
from casaudit.cli.options import (
    DEFAULT_FOLDER,
    AsOfOption,
    AttestationsOption,
    BaselineOption,
    FailOn,
    FailOnOption,
    FailOnStandingOption,
    FolderOption,
    ForecastOption,
    FormatOption,
    LanguageOption,
    Locale,
    LocaleOption,
    LogoOption,
    PackWishes,
    ProfileOption,
    RulesOption,
    SampleSeedOption,
    SampleSizeOption,
    SettingsOption,
    SignKeyOption,
    SnapshotArgument,
    StrictOption,
    TargetOption,
    TitleOption,
    WaiversOption,
)

DEFAULT_FORMATS = "html,csv,json"


def demo(
    output: FolderOption = DEFAULT_FOLDER,
    sample: Annotated[
        str, typer.Option("--sample", metavar="NAME", help="Sample organisation to audit.")
    ] = "article-a",
    language: LanguageOption = "en",
) -> None:
    """Audit the shipped sample organisation; needs no network.

    Two sites, one array that was made after the databases: three databases still
    point at a server. Writes every report; read report.html in the output folder first.
    """
    from casaudit.cli import assessing, inputs
    from casaudit.errors import UsageError
    from casaudit.report import FORMATS

    path = shipped.SAMPLES / sample / "snapshot.json"
    if not path.is_file():
        known = sorted(each.parent.name for each in shipped.SAMPLES.glob("*/snapshot.json"))
        raise UsageError("--sample", f"there is no sample {sample!r}", f"one of {known}")
    snapshot = inputs.read_snapshot(path)
    every = ",".join(FORMATS)
    # A demonstration that ends in an error would look broken.
    request = assessing.Request(output, every, fail_on=FailOn.NEVER, language=language)
    # As audit leaves it, so that explain, diff and trend can be tried on the folder.
    evidence = {"snapshot.json": path.read_bytes()}
    assessing.judge(snapshot, assessing.prepare(request), evidence)


def report(
    snapshot: SnapshotArgument,
    output: FolderOption = DEFAULT_FOLDER,
    formats: FormatOption = DEFAULT_FORMATS,
    profile: ProfileOption = None,
    target: TargetOption = None,
    rules: RulesOption = None,
    settings: SettingsOption = None,
    waivers: WaiversOption = None,
    baseline: BaselineOption = None,
    forecast: ForecastOption = 0,
    as_of: AsOfOption = None,
    fail_on: FailOnOption = FailOn.HIGH,
    fail_on_standing: FailOnStandingOption = False,
    strict: StrictOption = False,
    language: LanguageOption = "en",
    locale: LocaleOption = Locale.ENGLISH,
    title: TitleOption = "",
    logo: LogoOption = None,
    sample_size: SampleSizeOption = None,
    sample_seed: SampleSeedOption = None,
    sign_key: SignKeyOption = None,
    attestations: AttestationsOption = None,
) -> None:
    """Judge a snapshot and write reports; needs no network.

    The same snapshot, rules and time give the same reports, byte for byte.
    """
    from casaudit.cli import assessing, inputs

    pack = PackWishes(sample_size, sample_seed, sign_key, attestations)
    request = assessing.Request(
        output, formats, profile, target, rules or (), settings, as_of, fail_on, strict, waivers,
        pack, language=language, baseline=baseline, forecast=forecast,
        fail_on_standing=fail_on_standing, title=title, logo=logo, locale=locale,
    )  # fmt: skip
    # First: what is no snapshot must not leave an empty folder behind.
    evidence = inputs.read_snapshot(snapshot)
    assessing.judge(evidence, assessing.prepare(request))
