"""`sohoa rematch`: the whole register against itself under the model in force; what is found waits for people."""

from pipeline.cli_options import Json


def rematch_command(as_json: Json = False) -> None:
    """Ghép cả kho với chính nó, cặp mới chờ xét · match the register against itself; new pairs wait for people.

    Lần trước bị dừng giữa chừng thì làm tiếp · one that was cut off is taken up.
    Ví dụ · Example: sohoa rematch --json
    """
    from pipeline import console, national
    from pipeline.settings import load_settings

    settings = load_settings()
    with console.progress(as_json) as told:
        result = national.rematch(settings, told)
    if as_json:
        console.say_json(dict(result))
    else:
        console.say("national.done", settings.language, **result)
