"""Options that several commands share."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Json = Annotated[bool, typer.Option("--json", help="Trả lời bằng JSON · answer in JSON")]
Out = Annotated[Path, typer.Option("--out", help="Thư mục kết quả · folder for the result")]
Encodings = Annotated[
    list[str] | None,
    typer.Option("--encoding", help="Bảng mã: tcvn3, hoặc full_name=vni cho một cột · encoding, of all or of a column"),
]
Headings = Annotated[
    list[str] | None,
    typer.Option("--heading", help='Tiêu đề cột: "Cột X=full_name", "Tổ=aside" · what a heading means'),
]
Office = Annotated[str, typer.Option("--office", help="Tên xã, nếu khác cả tỉnh · commune, if unlike its province")]
Reason = Annotated[str, typer.Option("--reason", help="Vì sao · why")]
Scope = Annotated[
    str | None,
    typer.Option(
        "--province", help="Chỉ tỉnh này; bỏ trống là toàn quốc · of this province only; left out: the nation"
    ),
]
EngineName = Annotated[
    Literal["local", "spark"] | None,
    typer.Option("--engine", help="Nơi chạy: local hoặc spark, thay cho SOHOA_ENGINE · where steps are worked"),
]
Province = Annotated[str, typer.Option("--province", help="Mã tỉnh (34 hoặc 63) · province code")]
