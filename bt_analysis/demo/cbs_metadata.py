"""Metadata of the KWB tables of the fictional municipality: columns and regions come in, CBS's metadata sets go out."""

from __future__ import annotations

import zlib
from typing import Any

import pandas as pd

NOTICE = "Synthetisch: verzonnen cijfers over een verzonnen gemeente, om mee te oefenen. Geen CBS-cijfers."
LEVELS = {"NL": "Land", "GM": "Gemeente", "WK": "Wijk", "BU": "Buurt"}

Record = dict[str, Any]


def table_id(year: int) -> str:
    """Return the id of a year's table, as in ``99019SYN`` for 2019.

    Parameters
    ----------
    year : int
        Data year, 2000–2099.

    Returns
    -------
    str
        No such id exists at CBS.
    """
    return f"990{year % 100:02d}SYN"


def records(table: pd.DataFrame) -> list[Record]:
    """Return the rows of a table as records with its column names.

    Parameters
    ----------
    table : DataFrame
        Any table.

    Returns
    -------
    list of dict
        One per row, in the order of the table.
    """
    return [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]


def properties(columns: pd.DataFrame, year: int) -> list[Record]:
    """Return DataProperties: the region dimension, then topic groups and topics in order.

    Parameters
    ----------
    columns : DataFrame
        One row per topic: ``key``, ``title``, ``unit``, ``decimals``, ``position``, ``path`` (groups with `` > ``),
        ``numerator``, ``denominator``.
    year : int
        Division year of the region dimension.

    Returns
    -------
    list of dict
        Each with ID and the ParentID of the group it is in.
    """
    region = {"Position": 0, "Key": "WijkenEnBuurten", "Title": "Wijken en buurten", "Description": NOTICE}
    listed: list[Record] = [_property("GeoDetail", 0, None) | region | {"MapYear": year}]
    groups: dict[str, int] = {}
    for topic in records(columns):
        steps = topic["path"].split(" > ")
        for depth in range(1, len(steps) + 1):
            path = " > ".join(steps[:depth])
            if path not in groups:
                parent = groups.get(" > ".join(steps[: depth - 1]))
                groups[path] = len(listed)
                listed.append(_property("TopicGroup", len(listed), parent) | {"Title": steps[depth - 1]})
        listed.append(_property("Topic", len(listed), groups[topic["path"]]) | _measure(topic))
    return listed


def _property(kind: str, number: int, parent: int | None) -> Record:
    empty = {"Position": None, "Key": "", "Title": "", "Description": ""}
    return {"odata.type": f"Cbs.OData.{kind}", "ID": number, "ParentID": parent, "Type": kind, **empty}


def _measure(topic: Record) -> Record:
    text = not isinstance(topic["numerator"], str)
    relative = isinstance(topic["denominator"], str)
    return {
        "Position": int(topic["position"]),
        "Key": topic["key"],
        "Title": topic["title"],
        "Datatype": "String" if text else "Double" if topic["decimals"] else "Long",
        "Unit": topic["unit"],
        "Decimals": topic["decimals"],
        "Default": "Impossible",
        "PresentationType": "" if text else "Relative" if relative else "Absolute",
    }


def dimension(places: pd.DataFrame) -> list[Record]:
    """Return the dimension WijkenEnBuurten, its keys padded to ten characters.

    Parameters
    ----------
    places : DataFrame
        One row per region: ``code``, ``title``, ``level``, ``gemeente`` (empty for the country).

    Returns
    -------
    list of dict
        One per region, in the order of the table.
    """
    return [
        {
            "Key": place["code"].ljust(10),
            "Title": place["title"],
            "Description": f"{LEVELS[place['level']]} '{place['title']}' ({place['code']}), verzonnen"
            if place["gemeente"]
            else None,
            "Municipality": place["gemeente"],
            "DetailRegionCode": place["code"] if place["gemeente"] else "",
        }
        for place in records(places)
    ]


def info(rows: pd.DataFrame, year: int) -> Record:
    """Return the one row of TableInfos.

    Parameters
    ----------
    rows : DataFrame
        The table it describes.
    year : int
        Data year.

    Returns
    -------
    dict
        Its Modified follows from the content of the rows.
    """
    name = table_id(year)
    # The delivery time follows from the content, so a client sees that another seed gave other figures.
    second = zlib.crc32(rows.to_csv(index=False).encode()) % 86_400
    modified = f"2026-01-01T{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}"
    title = f"Kerncijfers wijken en buurten {year} (synthetisch)"
    return {
        "Updated": modified,
        "ID": year,
        "Identifier": name,
        "Title": title,
        "ShortTitle": title,
        "ShortDescription": NOTICE,
        "Summary": NOTICE,
        "Modified": modified,
        "MetaDataModified": modified,
        "ReasonDelivery": "Actualisering",
        "ExplanatoryText": NOTICE,
        "OutputStatus": "Regulier",
        "Source": "Synthetisch; geen CBS-cijfers",
        "Language": "nl",
        "Catalog": "CBS",
        "Frequency": "Onregelmatig",
        "Period": str(year),
        "SummaryAndLinks": NOTICE,
        "ApiUrl": "",
        "FeedUrl": "",
        "DefaultPresentation": "",
        "DefaultSelection": "",
        "GraphTypes": "Table,Map",
        "RecordCount": len(rows),
        "ColumnCount": rows.shape[1] - 1,
        "SearchPriority": "2",
    }
