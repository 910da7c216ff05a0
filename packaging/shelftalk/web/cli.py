"""The commands: `.venv/bin/flask …` from the project's folder. Each does what a screen does, by the same functions."""

from __future__ import annotations

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import ParamSpec, TypeVar, Unpack

import click
from flask import Flask
from flask.cli import with_appcontext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from shelftalk import clock
from shelftalk.catalog.codes import normalise_code
from shelftalk.catalog.product import Product
from shelftalk.catalog.user import ROLES, parse_email, parse_password, parse_role
from shelftalk.errors import Invalid, NotFound, ShelftalkError, Unavailable
from shelftalk.labels.placing import check_placing
from shelftalk.labels.run import make_labels
from shelftalk.labels.stock import check_start
from shelftalk.store import Db, placements, products, users
from shelftalk.store.gate import list_waiting
from shelftalk.store.pages import NotPublishable
from shelftalk.store.retention import count_window
from shelftalk.store.rows import ListQuery
from shelftalk.web.backups import make_backup, restore_backup
from shelftalk.web.bulk import Progress as Publication
from shelftalk.web.bulk import publish_many, tell_store
from shelftalk.web.codes_csv import write_codes_csv
from shelftalk.web.design_library import load_run_design
from shelftalk.web.files import write_whole
from shelftalk.web.gate import publish_page
from shelftalk.web.label_items import make_label_items
from shelftalk.web.look_options import Looked, list_short, looked, read_looked
from shelftalk.web.print_advice import Setting, settle
from shelftalk.web.print_jobs import add_job, work
from shelftalk.web.print_options import Laid, laid, read_laid
from shelftalk.web.report_csv import make_report_csv
from shelftalk.web.retention import check_window, erase, retain
from shelftalk.web.sample import load_sample
from shelftalk.web.security import hash_password
from shelftalk.web.state import state
from shelftalk.web.stock_library import find_stock
from shelftalk.web.unit_prints import check_units
from shelftalk.web.upload_sweep import sweep

P = ParamSpec("P")
R = TypeVar("R")
console = Console(stderr=True)


class Options(Laid, Looked):
    """How labels are to lie and how their symbols are made."""


def command(name: str) -> Callable[[Callable[P, R]], click.Command]:
    """A command whose mistakes are one clear sentence and exit code 1, never a trace."""

    def decorate(function: Callable[P, R]) -> click.Command:
        @wraps(function)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                return function(*args, **kwargs)
            except ShelftalkError as error:
                raise click.ClickException(_describe(error)) from None
            except BrokenPipeError:
                raise  # the reader of a pipe has seen enough: no mistake
            except OSError as error:
                raise click.ClickException(f"{error.filename or 'The file'}: {error.strerror}.") from None

        return click.command(name)(with_appcontext(guarded))

    return decorate


def _describe(error: ShelftalkError) -> str:
    if isinstance(error, NotPublishable):
        return "\n".join([str(error), *(f"  {gap.message.format(**gap.values)}" for gap in error.gaps)])
    return str(error)


@contextmanager
def show_progress(what: str, total: int | None = None) -> Iterator[Callable[..., None]]:
    """A bar on the terminal's error output; gives the function that moves it: to a count, of a total."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done, of=total: bar.update(task, completed=done, total=of)


@command("demo")
def demo() -> None:
    """Load the sample brand: six products, eight places, 90 days of scans."""
    with console.status("Loading") as status:
        loaded = load_sample(state(), lambda step: status.update(step))
    click.echo(
        f"Loaded {loaded.products} products, {loaded.locations} locations, {loaded.placements} placements "
        f"and {loaded.scans} scans. One click on the overview removes them."
    )


@command("add-user")
@click.argument("email")
@click.option("--role", required=True, type=click.Choice(list(ROLES)), help="What the person may do.")
@click.option("--name", default="", help="How the person is called; the address's first part if not given.")
def add_user(email: str, role: str, name: str) -> None:
    """Add a person. The password comes from SHELFTALK_PASSWORD or a prompt."""
    address = parse_email(email)
    password = state().settings.password or click.prompt("Password", hide_input=True, confirmation_prompt=True)
    hashed = hash_password(parse_password(password))
    with state().store.write() as db:
        users.add_user(
            db,
            email=address,
            name=name or address.partition("@")[0],
            password_hash=hashed,
            role=parse_role(role),
            at=clock.now(),
        )
    click.echo(f"{address} can sign in as {role}.")


@command("codes")
def codes() -> None:
    """Write every code as CSV to the standard output."""
    with state().store.read() as db:
        rows = placements.each_placement(db, ListQuery(sort="product"))
        for line in write_codes_csv(rows, state().settings.origin):
            sys.stdout.write(line)


@command("publish")
@click.argument("product", nargs=-1)
@click.option("--by", default="", help="Whose name the versions carry.")
def publish(product: tuple[str, ...], by: str) -> None:
    """Publish pages: of the products named by their address (high-mountain-oolong) or number, or all that wait.

    What does not pass the check before publishing stays a draft and is named.
    """
    if product:
        _publish_named(product, by)
        return
    with state().store.read() as db:
        waiting = list_waiting(db)
    tell = tell_store(state())
    with show_progress("Publishing", len(waiting)) as moved:

        def tell_all(progress: Publication) -> None:
            moved(progress.done)
            tell(progress)

        done = publish_many(state(), waiting, by=by, tell=tell_all)
    for one in done.refused:
        check = f"{state().settings.origin}/admin/products/{one.product_id}/page/check"
        click.echo(f"Left out: {one.name}, {one.gaps} to mend, listed at {check}", err=True)
    click.echo(f"Published {done.published} of {done.total} in {done.seconds:.1f} s.")


def _publish_named(names: tuple[str, ...], by: str) -> None:
    with state().store.read() as db:
        chosen = [_find_product(db, name) for name in names]
    for item in chosen:
        publish_page(state(), item.id, by=by, at=clock.now())
    state().refresh_shelf()
    click.echo(f"Published {len(chosen)}: {', '.join(item.slug for item in chosen)}.")


def _find_product(db: Db, name: str) -> Product:
    found = products.get_product(db, int(name)) if name.isdecimal() else products.find_product_by_slug(db, name)
    if found is None:
        raise NotFound("There is no product “{value}”. `flask codes` lists the codes with their products.", value=name)
    return found


@command("labels")
@click.option("--code", "codes", multiple=True, required=True, help="A code; more may follow: --code CODE CODE …")
@click.argument("more", nargs=-1, metavar="[CODE]...")
@click.option("--stock", default="avery-l7160", show_default=True, help="The maker's sheet.")
@click.option("--start", default=1, show_default=True, help="The first free label on a used sheet.")
@click.option("--copies", default=1, show_default=True, help="How many of each.")
@click.option("--design", default="", help="A ready-made design such as poster-a4, or the number of your own.")
@laid
@looked
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The PDF to write.")
def labels(
    codes: tuple[str, ...],
    more: tuple[str, ...],
    stock: str,
    start: int,
    copies: int,
    design: str,
    out: Path,
    **options: Unpack[Options],
) -> None:
    """Write labels as PDF; every page is read back before it is written."""
    placing, look = read_laid(options), read_looked(options)
    with state().store.read() as db:
        sheet = find_stock(db, stock)
        items = make_label_items(db, (*codes, *more), state().settings.origin, state().translator, upper=look.upper)
        chosen, images = load_run_design(db, state().media_folder, design, 0)
    look, advice = settle(items, (), Setting(sheet, look, chosen, images))
    for line in list_short(advice):
        click.echo(line, err=True)
    with show_progress("Sheets set and read back") as moved:
        made = make_labels(
            items,
            sheet,
            start=start,
            copies=copies,
            design=chosen,
            images=images,
            placing=placing,
            look=look,
            progress=moved,
        )
    write_whole(out, made.pdf)
    click.echo(f"{out}: labels {made.labels}, sheets {made.sheets}, each read back.")
    if state().settings.origin_is_local:
        click.echo(
            "These labels lead to this machine only. Set SHELFTALK_ORIGIN before you print for a shop.", err=True
        )


@command("print-job")
@click.option("--code", "codes", multiple=True, help="A code; without any, the job that was begun goes on.")
@click.argument("more", nargs=-1, metavar="[CODE]...")
@click.option("--stock", default="avery-l7160", show_default=True, help="The maker's sheet.")
@click.option("--start", default=1, show_default=True, help="The first free label on a used sheet.")
@click.option("--copies", default=1, show_default=True, help="How many of each.")
@click.option("--units", default=0, help="How many of each instead, every label with a code of its own.")
@click.option("--worker", default="", hidden=True)  # under which name the server that starts this has claimed the job
@laid
@looked
def print_job(
    codes: tuple[str, ...],
    more: tuple[str, ...],
    stock: str,
    start: int,
    copies: int,
    units: int,
    worker: str,
    **options: Unpack[Options],
) -> None:
    """Print many labels in parts, each a run of its own, or go on with a print that was stopped."""
    if codes:
        placing, look = read_laid(options), read_looked(options)
        with state().store.read() as db:
            sheet = find_stock(db, stock)
            check_start(sheet, start)
            check_placing(placing, sheet, start)
            copies = check_units(units, copies, placing) if units else copies
            items = make_label_items(db, (*codes, *more), state().settings.origin, state().translator, upper=look.upper)
        look, _ = settle(items, (), Setting(sheet, look, None, {}))
        printed = [item.code for item in items]
        each = bool(units)
        add_job(state(), printed, sheet, start=start, copies=copies, by="", placing=placing, look=look, units=each)
    with show_progress("Labels made and read back") as moved:
        job = work(state(), moved, worker=worker)
    if job is None:
        raise Invalid("codes", "No print was begun. Name codes: --code CODE CODE …")
    if job.fault:
        raise Unavailable(job.fault, **json.loads(job.fault_values))
    runs = ", ".join(map(str, job.runs))
    click.echo(
        f"Labels {job.printed} of {job.labels}, files {len(job.runs)} of {len(job.parts)}; runs {runs or 'none'}."
    )


@command("ingest")
@click.option("--follow", is_flag=True, help="Go on until stopped, as a process of its own.")
@click.option("--retry-set-aside", "again", is_flag=True, help="First try once more what the store refused.")
def ingest(follow: bool, again: bool) -> None:
    """Move the scans that wait in the spool to the store: once, or as they come until SIGTERM or Ctrl+C."""
    if again:
        click.echo(f"{state().ingester.retry_set_aside()} scans that were set aside are tried again.", err=True)
    if follow:
        _follow()
        return
    with show_progress("Scans") as moved:
        count = state().ingester.ingest_once(moved)
    click.echo(f"{count} {'scan' if count == 1 else 'scans'} moved to the store.")
    if again and (left := state().spool.status().set_aside):
        click.echo(f"{left} are set aside again: the store does not know their codes.", err=True)


def _follow() -> None:
    """Until a signal; what is being stored then is stored whole."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: stop.set())
    click.echo("Taking over scans as they come. Stop with Ctrl+C.", err=True)
    state().ingester.follow(stop)


def _parse_day(_context: click.Context, _option: click.Parameter, value: datetime) -> date:
    return value.date()


@command("report")
@click.option("--from", "from_day", required=True, type=click.DateTime(["%Y-%m-%d"]), callback=_parse_day)
@click.option("--to", "to_day", required=True, type=click.DateTime(["%Y-%m-%d"]), callback=_parse_day)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The CSV to write.")
def report(from_day: date, to_day: date, out: Path) -> None:
    """Write the scans per product and location of a period (local days, both included) as CSV."""
    if to_day < from_day:
        raise Invalid("to", "The period ends on {value}, before it begins. Swap the two days.", value=to_day)
    with state().store.read() as db:
        text = make_report_csv(db, from_day, to_day)
    write_whole(out, text.encode())
    click.echo(f"{out}: {max(0, text.count(chr(10)) - 1)} rows.")


@command("retain")
def retain_command() -> None:
    """Delete rows of single scans older than SHELFTALK_KEEP_DAYS and prove it. Their counts stay."""
    done = retain(state().store, state().settings.keep_days)
    if not done.proven:
        raise Unavailable("Rows older than {day} are still there. Run it again.", day=done.before.isoformat())
    oldest = f"the oldest row is of {done.oldest}" if done.oldest else "no row is left"
    click.echo(f"{done.removed} rows older than {done.before} deleted; {oldest}.")


@command("sweep")
def sweep_command() -> None:
    """Delete uploaded pictures and files that no page, version, template or design has named for 30 days."""
    done = sweep(state().store, (state().media_folder, state().files_folder))
    click.echo(
        f"{len(done.dropped)} uploads deleted ({done.freed / 1_000_000:.1f} MB); {len(done.since)} more are unused."
    )


@command("erase")
@click.option("--code", required=True, help="The code whose scans go.")
@click.option("--from", "from_day", required=True, type=click.DateTime(["%Y-%m-%d"]), callback=_parse_day)
@click.option("--to", "to_day", required=True, type=click.DateTime(["%Y-%m-%d"]), callback=_parse_day)
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_command(code: str, from_day: date, to_day: date, yes: bool) -> None:
    """Erase a code's scans of these local days, both included, from rows and counts. It cannot be undone."""
    window = check_window(normalise_code(code), from_day, to_day)
    state().ingester.ingest_once()
    with state().store.read() as db:
        count = count_window(db, window)
    if not yes:
        click.confirm(f"{count} scans of {window.code} go for ever. Go on?", abort=True)
    click.echo(f"{erase(state().store, state().ingester, window, by='')} scans erased.")


@command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Write everything (rows and pictures, no secrets) into one file."""
    with show_progress("Rows") as moved:
        count = make_backup(state(), file.absolute(), lambda _table, rows: moved(rows))
    click.echo(f"{file}: {count} rows and all pictures, checked.")


@command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
def restore(file: Path) -> None:
    """Replace everything by a backup, all or nothing. Asks first when a person is at the keyboard."""
    if sys.stdin.isatty():
        click.confirm("Everything stored now is replaced by the backup. Go on?", abort=True)
    with show_progress("Rows") as moved:
        count = restore_backup(state(), file.absolute(), lambda _table, rows: moved(rows))
    click.echo(f"{file}: {count} rows and all pictures are back.")


COMMANDS = (
    demo,
    add_user,
    codes,
    publish,
    labels,
    print_job,
    ingest,
    report,
    retain_command,
    sweep_command,
    erase_command,
    backup,
    restore,
)


def init(app: Flask) -> None:
    """Give the application its commands."""
    for item in COMMANDS:
        app.cli.add_command(item)
