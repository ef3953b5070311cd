"""Splink on records of `sohoa check`, set up as an expert would: PYTHON splink_ledger.py RECORDS OUT [MODEL].

Run by a Python that has splink 5 installed; nothing of sohoa is imported. Names come folded, parts of a date as whole
numbers, the first of January counts as a year alone, as for sohoa. Fifteen blocking rules, wide as memory and time
allow; term frequencies for names; u from a hundred million random pairs, m by four trainings.
"""

import json
import resource
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

_FOLD = "strip_accents(replace(lower({}), 'đ', 'd'))"
_RULES = (
    ("pn",), ("cmnd",), ("folded", "dob"), ("surname", "given", "dob"), ("folded", "dm"), ("given", "dob", "province"),
    ("folded", "year"), ("surname", "given", "year", "province"), ("dob", "commune"), ("folded", "father"),
    ("folded", "mother"), ("surname", "given", "year", "native"), ("given", "hh"), ("dob", "father"),
    ("surname", "given", "dm"),
)  # fmt: skip
_TRAININGS = (("folded", "dob"), ("folded", "mother"), ("dob", "father"), ("surname", "given", "dob"))
_KEPT, _MATCH = 0.001, 0.95


def main(records: str, out: Path, model: str | None = None) -> None:
    """Match, write pairs.parquet and clusters.parquet, print seconds and memory."""
    out.mkdir(parents=True, exist_ok=True)
    moments = [time.perf_counter()]
    sql = duckdb.connect()
    sql.execute(_prepared(records))
    api = DuckDBAPI(connection=sql)
    linker = Linker(api.register("people"), model or _settings())
    moments.append(time.perf_counter())
    if model is None:
        _train(linker)
        linker.misc.save_model_to_json(str(out / "model.json"), overwrite=True)
    moments.append(time.perf_counter())
    pairs = linker.inference.predict(threshold_match_probability=_KEPT)
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=_MATCH)
    moments.append(time.perf_counter())
    sql.execute(
        f"""COPY (SELECT unique_id_l AS left_record_id, unique_id_r AS right_record_id, match_probability,
            CASE WHEN match_probability >= {_MATCH} THEN 'match' ELSE 'review' END AS outcome
            FROM {pairs.physical_name}) TO '{out}/pairs.parquet' (FORMAT parquet)"""
    )
    sql.execute(
        f"""COPY (SELECT unique_id AS record_id, cluster_id FROM {clusters.physical_name})
            TO '{out}/clusters.parquet' (FORMAT parquet)"""
    )
    load, train, match = (round(b - a, 2) for a, b in pairwise(moments))
    mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"load": load, "train": train, "match": match, "peak_mib": mib}))


def _prepared(records: str) -> str:
    folded, day = _FOLD.format("full_name"), "birth_day IS NOT NULL AND NOT (birth_day = 1 AND birth_month = 1)"
    return f"""CREATE TABLE people AS SELECT record_id AS unique_id, lower(full_name) AS name, {folded} AS folded,
        split_part({folded}, ' ', 1) AS surname, list_last(string_split({folded}, ' ')) AS given,
        birth_year AS year, birth_month AS month, birth_day AS day,
        CASE WHEN {day} THEN printf('%04d-%02d-%02d', birth_year, birth_month, birth_day) END AS dob,
        CASE WHEN {day} THEN printf('%02d-%02d', birth_month, birth_day) END AS dm, sex_code AS sex,
        {_FOLD.format("father_name")} AS father, {_FOLD.format("mother_name")} AS mother,
        personal_number AS pn, old_id_number AS cmnd, household_key AS hh, province_code AS province,
        permanent_residence_code AS commune, left(permanent_residence_code, 3) AS district,
        {_FOLD.format("permanent_residence_text")} AS address, native_place_code AS native
        FROM read_parquet('{records}')"""


def _settings() -> Any:
    name = [
        cll.NullLevel("folded"), cll.ExactMatchLevel("name", term_frequency_adjustments=True),
        cll.ExactMatchLevel("folded", term_frequency_adjustments=True), cll.JaroWinklerLevel("folded", 0.95),
        cll.CustomLevel("surname_l = surname_r AND given_l = given_r", "surname and given name"),
        cll.JaroWinklerLevel("folded", 0.88), cll.CustomLevel("given_l = given_r", "given name"), cll.ElseLevel(),
    ]  # fmt: skip
    birth = [
        cll.NullLevel("year"), cll.CustomLevel("dob_l = dob_r", "exact"),
        cll.CustomLevel("year_l = year_r AND month_l = day_r AND day_l = month_r", "swapped"),
        cll.CustomLevel("year_l = year_r AND (dob_l IS NULL OR dob_r IS NULL)", "year only"),
        cll.CustomLevel("dm_l = dm_r AND abs(year_l - year_r) <= 1", "year off"),
        cll.CustomLevel("year_l = year_r AND (day_l = day_r OR month_l = month_r)", "part"),
        cll.CustomLevel("year_l = year_r", "year"), cll.CustomLevel("abs(year_l - year_r) <= 1", "near"),
        cll.ElseLevel(),
    ]  # fmt: skip
    place = [
        cll.NullLevel("address"), cll.ExactMatchLevel("address"), cll.CustomLevel("commune_l = commune_r", "commune"),
        cll.CustomLevel("district_l = district_r", "district"), cll.CustomLevel("province_l = province_r", "province"),
        cll.ElseLevel(),
    ]  # fmt: skip
    native = [
        cll.NullLevel("native"),
        cll.ExactMatchLevel("native", term_frequency_adjustments=True),
        cll.ElseLevel(),
    ]
    levels = {"name": name, "birth": birth, "place": place, "native": native}
    comparisons = [cl.CustomComparison(output_column_name=f"{k}_c", comparison_levels=v) for k, v in levels.items()]
    comparisons += [cl.ExactMatch("sex"), cl.ExactMatch("hh"), _parent("father"), _parent("mother")]
    comparisons += [_number("pn"), _number("cmnd")]
    return SettingsCreator(
        link_type="dedupe_only", comparisons=comparisons, retain_matching_columns=False,
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in _RULES],
    )  # fmt: skip


def _parent(column: str) -> Any:
    levels = [
        cll.NullLevel(column), cll.ExactMatchLevel(column, term_frequency_adjustments=True),
        cll.JaroWinklerLevel(column, 0.94), cll.JaroWinklerLevel(column, 0.88), cll.ElseLevel(),
    ]  # fmt: skip
    return cl.CustomComparison(output_column_name=f"{column}_c", comparison_levels=levels)


def _number(column: str) -> Any:
    levels = [
        cll.NullLevel(column),
        cll.ExactMatchLevel(column),
        cll.DamerauLevenshteinLevel(column, 1),
        cll.ElseLevel(),
    ]
    return cl.CustomComparison(output_column_name=f"{column}_c", comparison_levels=levels)


def _train(linker: Any) -> None:
    linker.training.estimate_probability_two_random_records_match(
        [block_on("pn"), block_on("folded", "dob")], recall=0.6
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e8, seed=1)
    for rule in _TRAININGS:
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
        except ValueError as error:  # a level that no pair of this training has; the others teach it
            print(f"a training was left out: {error}", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:4])
