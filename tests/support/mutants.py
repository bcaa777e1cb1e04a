# ruff: noqa: E501 -- a bug a line
"""Bugs to plant: (what it breaks, file, the line as it stands, the line with the bug), for each engine."""

from typing import NamedTuple


class Mutant(NamedTuple):
    """``old`` stands in ``file`` exactly once; a rewritten line needs a new mutant, or the planting fails."""

    name: str
    file: str
    old: str
    new: str


PYTHON = [
    # sync/apply.py
    Mutant("a named version itself stays live", "apply.py", "if v.n > replaced[v.a]]", "if v.n >= replaced[v.a]]"),
    Mutant("a replaced version comes back", "apply.py", "is_new = new.n > replaced[new.a]", "is_new = new.n >= replaced[new.a]"),
    Mutant("own earlier edits are not seen", "apply.py", "(new.a, new.n - 1)):", "(new.a, 0)):"),
    Mutant("own edits replace themselves", "apply.py", "(new.a, new.n - 1)):", "(new.a, new.n)):"),
    Mutant("over is not looked at", "apply.py", "name, over.get(name, ()), new)", "name, (), new)"),
    Mutant("the last dot counts, not the greatest", "apply.py", "replaced[b] = max(replaced.get(b, 0), m)", "replaced[b] = m"),
    Mutant("a repeat is added again", "apply.py", " and not any(v.a == new.a and v.n == new.n for v in versions)", ""),
    Mutant("past keeps authors who are live", "apply.py", "for b, m in replaced.items() if b not in present}", "for b, m in replaced.items()}"),
    Mutant("past is forgotten", "apply.py", "replaced = dict(past.get(name, _NONE))", "replaced = dict(_NONE)"),
    Mutant("what a live version says is forgotten", "apply.py", "max(replaced.get(v.a, 0), v.n - 1)", "replaced.get(v.a, 0)"),
    Mutant("withdrawn does not absorb", "apply.py", '(name == "state" and v.value == ABSORBING, v.e', "(False, v.e"),
    Mutant("withdrawn absorbs in every field", "apply.py", 'name == "state" and v.value', "v.value"),
    Mutant("a tie goes to the lesser author", "apply.py", "v.e, v.a, v.n))", "v.e, [-ord(c) for c in v.a], v.n))"),
    Mutant("the author beats the stamp", "apply.py", "v.e, v.a, v.n))", "v.a, v.e, v.n))"),
    Mutant("conflicts by the first two only", "apply.py", "for v in versions[1:])", "for v in versions[1:2])"),
    Mutant("true is 1", "edits.py", "type(one) is type(two) and one == two", "one == two"),
    Mutant("the author is who came first", "apply.py", "min((record.born, record.author), (born, by))[::-1]", "record.author, record.born"),
    Mutant("a waiting edit makes the author", "apply.py", "event, record.author, NEVER_EARLIER", 'event, record.author, ("~", "", 0)'),
    Mutant("an erased record lives again", "apply.py", "live, past, record is not None and record.erased)", "live, past, False)"),
    Mutant("waiting edits are all stamped alike", "apply.py", "by=by, e=edit.h)", 'by=by, e="")'),
    Mutant("seen is not closed over waiting edits", "apply.py", "todo.extend(map(parse_dot, edit.over.get(name, ())))", "pass"),
    Mutant("own waiting edits are not seen", "apply.py", " + [dot for dot in edits if dot[0] in own_authors]", ""),
    Mutant("a dot stands for itself alone", "apply.py", "if a == dot[0] and n <= dot[1]:", "if a == dot[0] and n == dot[1]:"),
    # sync/stamp.py
    Mutant("a stopped clock gives the same stamp", "stamp.py", "return max(from_ms(now_ms), after(last))", "return max(from_ms(now_ms), last)"),
    Mutant("not later than what is shown", "stamp.py", "max(own, after(shown)) if shown else own", "own"),
    Mutant("as late as what is shown", "stamp.py", "max(own, after(shown))", "max(own, shown)"),
    Mutant("no cap", "stamp.py", "min(max(min(moved, limit), 0), _LAST)", "min(max(moved, 0), _LAST)"),
    Mutant("below 1970", "stamp.py", "return f\"{min(max(ms, 0), _LAST_MS) << 16:016x}\"", "return f\"{min(abs(ms), _LAST_MS) << 16:016x}\""),
    Mutant("a corrected stamp below 1970", "stamp.py", "max(min(moved, limit), 0)", "abs(min(moved, limit))"),
    Mutant("the correction moves the other way", "stamp.py", "int(h, 16) + (correction_ms", "int(h, 16) - (correction_ms"),
    Mutant("the correction eats the counter", "stamp.py", "int(h, 16) + (correction_ms", "(int(h, 16) >> 16 << 16) + (correction_ms"),
    Mutant("steps back within the minute", "stamp.py", "> now_ms + STEP_BACK_MS", "> now_ms"),
    # sync/digest.py
    Mutant("lines are not sorted", "digest.py", "    lines.sort()\n", ""),
    Mutant("a digest loses its noughts", "digest.py", '{digest:016x}', '{digest:x}'),
    Mutant("only one version is hashed", "digest.py", "for v in versions]", "for v in versions[:1]]"),
    # sync/wire.py, sync/checks.py
    Mutant("any bytes are text", "wire.py", "text = body.decode()", 'text = body.decode(errors="replace")'),
    Mutant("the slower decoder is lax", "wire.py", "msgspec.convert(plain, SyncRequest)", "msgspec.convert(plain, SyncRequest, strict=False)"),
    Mutant("NaN is JSON", "wire.py", ", parse_constant=_no_constant", ""),
    Mutant("half a character in the head", "wire.py", "if any(map(_BROKEN.search", "if False and any(map(_BROKEN.search"),
    Mutant("edits of any size", "wire.py", "if len(bytes(raw)) > EDIT_BYTES_MAX:", "if False:"),
    Mutant("live parts hide each other", "wire.py", "live[name] = (*live.get(name, ()), Version", "live[name] = (Version"),
    Mutant("no entry is sealed", "wire.py", "return _sealed.decode(raw)  #", "raise error  #"),
    Mutant("a box of any size", "checks.py", "if len(sealed.box) > BOX_CHARS_MAX", "if False"),
    Mutant("a box with padding", "checks.py", r'_BOX = re.compile(r"[A-Za-z0-9_-]+\Z")', r'_BOX = re.compile(r"[A-Za-z0-9_=-]+\Z")'),
    Mutant("a key's id of any length", "checks.py", r'_KEY_ID = re.compile(r"[A-Za-z0-9_-]{11}\Z")', r'_KEY_ID = re.compile(r"[A-Za-z0-9_-]+\Z")'),
    Mutant("a sealed edit without a number", "checks.py", "0 < sealed.n <= INTEGER_MAX and", ""),
    Mutant("the event is not bound", "sealed.py", "sealed.n, sealed.event, sealed.id", "sealed.n, sealed.id"),
    Mutant("a signature for any purpose", "sealed.py", r'f"{INFO}\n{edit}"', 'f"{edit}"'),
    Mutant("U+0000 is text", "checks.py", 're.compile("[\\0\\ud800-\\udfff]")', 're.compile("[\\ud800-\\udfff]")'),
    Mutant("an integer may be a flag", "checks.py", "type(value) is int", "isinstance(value, int)"),
    Mutant("a pattern may end in a line end", "checks.py", r'_AUTHOR = re.compile(r"[A-Za-z0-9_-]{11}\Z")', r'_AUTHOR = re.compile(r"[A-Za-z0-9_-]{11}$")'),
    Mutant("over of anything", "checks.py", "if name not in edit.set:", "if False:"),
    # who may: sync/around.py, audiences.py, rights.py, moves.py, constraints.py
    Mutant("a draft is handed over", "around.py", '{None, "draft", "rejected", "cancelled"', '{None, "rejected", "cancelled"'),
    Mutant("researchers see issues of cards", "audiences.py", "if event and not hangs_on_card(record.view, around):", "if event:"),
    Mutant("a promise opens any stream", "audiences.py", 'isinstance(assignee, str) and assignee.startswith(("member:", "service:"))', "isinstance(assignee, str)"),
    Mutant("an assignee is any text", "checks.py", '"assignee": matches(_ASSIGNEE)', '"assignee": is_text'),
    Mutant("an archived event is open", "audiences.py", 'if event.view.get("state") == "archived":', "if False:"),
    Mutant("moves against what was not seen", "moves.py", 'if any(one is None or "state" not in one.set for one in named):', "if False:"),
    Mutant("moves legal only from all", "moves.py", "return any(_is_move(one, new, seen)", "return all(_is_move(one, new, seen)"),
    Mutant("withdrawn consent is consent", "constraints.py", 'return given and consent is not None and not consent.view.get("withdrawn_at")', "return given"),
    Mutant("late and honest is an offence", "rights.py", " or case.e <= case.event.moved", ""),
]  # fmt: skip

TYPESCRIPT = [
    # pwa/src/sync/apply.ts
    Mutant("a named version itself stays live", "apply.ts", "version.n > (replaced", "version.n >= (replaced"),
    Mutant("own earlier edits are not seen", "apply.ts", "raise(replaced, made.a, made.n - 1);", ""),
    Mutant("own edits replace themselves", "apply.ts", "made.a, made.n - 1);", "made.a, made.n);"),
    Mutant("over is not looked at", "apply.ts", "for (const dot of over) raise", "for (const dot of []) raise"),
    Mutant("the last dot counts, not the greatest", "apply.ts", "Math.max(replaced.get(a) ?? 0, n)", "n"),
    Mutant("a repeat is added again", "apply.ts", " && !versions.some((v) => v.a === made.a && v.n === made.n)", ""),
    Mutant("past keeps authors who are live", "apply.ts", "for (const v of kept) replaced.delete(v.a);", ""),
    Mutant("past is forgotten", "apply.ts", "const replaced = new Map(past.get(name));", "const replaced = new Map<string, number>();"),
    Mutant("what a live version says is forgotten", "apply.ts", "for (const v of versions) raise(replaced, v.a, v.n - 1);", ""),
    Mutant("withdrawn does not absorb", "apply.ts", "return absorbs;", ""),
    Mutant("withdrawn absorbs in every field", "apply.ts", "const absorbs = name === 'state' && one", "const absorbs = one"),
    Mutant("a tie goes to the lesser author", "apply.ts", "one.a > two.a", "one.a < two.a"),
    Mutant("the author beats the stamp", "apply.ts", "if (one.e !== two.e) return one.e > two.e;", "if (one.a !== two.a) return one.a > two.a;"),
    Mutant("conflicts by identity", "apply.ts", "!sameValue(v.value, first.value)", "v.value !== first.value"),
    Mutant("conflicts by loose comparison", "edits.ts", "return one === two;", "return one == two;"),
    Mutant("over is found in the prototype", "edits.ts", "table && Object.hasOwn(table, name) ? table[name] : undefined", "table?.[name]"),
    Mutant("a view has a prototype", "edits.ts", "Object.create(null)", "({})"),
    Mutant("the author is who came first", "apply.ts", "record && !isEarlier(made, record) ? record : made", "record ?? made"),
    Mutant("a waiting edit makes the author", "apply.ts", "{ ...record, born: NEVER_EARLIER }", "{ ...record, born: ['~', '', 0] as const }"),
    Mutant("an erased record lives again", "apply.ts", "erased: record?.erased ?? false", "erased: false"),
    Mutant("waiting edits are all stamped alike", "apply.ts", "e: edit.h }", "e: '' }"),
    Mutant("seen is not closed over waiting edits", "apply.ts", ", ...(own(edit.over, name) ?? []));", ");"),
    Mutant("own waiting edits are not seen", "apply.ts", "if (mine.has(edit.a)) todo", "if (false) todo"),
    Mutant("a dot stands for itself alone", "apply.ts", "edit.a === a && edit.n <= n", "edit.a === a && edit.n === n"),
    # pwa/src/sync/stamp.ts
    Mutant("a stopped clock gives the same stamp", "stamp.ts", "return max(fromMs(nowMs), after(last));", "return max(fromMs(nowMs), last);"),
    Mutant("not later than what is shown", "stamp.ts", "return shown ? max(own, after(shown)) : own;", "return own;"),
    Mutant("as late as what is shown", "stamp.ts", "max(own, after(shown))", "max(own, shown)"),
    Mutant("a full counter overflows", "stamp.ts", "if (count < LAST_COUNT) return", "if (count <= LAST_COUNT) return"),
    Mutant("32 bits of milliseconds", "stamp.ts", "return Number.parseInt(stamp.slice(0, 12), 16);", "return Number.parseInt(stamp.slice(0, 12), 16) | 0;"),
    Mutant("no cap", "stamp.ts", "if (ms < limit) return", "if (ms < limit || true) return"),
    Mutant("the cap keeps the counter", "stamp.ts", "return bounded(limit, 0);", "return bounded(limit, countOf(h));"),
    Mutant("a corrected stamp below 1970", "stamp.ts", "if (ms < 0) return FIRST;", ""),
    Mutant("the correction moves the other way", "stamp.ts", "msOf(h) + correctionMs", "msOf(h) - correctionMs"),
    Mutant("steps back within the minute", "stamp.ts", "> nowMs + STEP_BACK_MS", "> nowMs"),
    # pwa/src/sync/digest.ts
    Mutant("lines are not sorted", "digest.ts", "lines.sort(byCodePoint);", ""),
    Mutant("lines are sorted as JavaScript does", "digest.ts", "lines.sort(byCodePoint);", "lines.sort();"),
    Mutant("a digest loses its noughts", "digest.ts", "low.toString(16).padStart(8, '0')", "low.toString(16)"),
    Mutant("a digest has a sign", "digest.ts", "(one[0] ^ two[0]) >>> 0", "one[0] ^ two[0]"),
    Mutant("a round constant is wrong", "sha256.ts", "0xc67178f2", "0xc67178f3"),
    # pwa/src/sync/wire.ts, strict.ts, checks.ts
    Mutant("live parts hide each other", "wire.ts", "if (versions) versions.push(version);", "if (false) versions;"),
    Mutant("1.0 is 1", "strict.ts", "if (source === undefined || !/^-?\\d+$/.test(source)) return UNFIT;", ""),
    Mutant("half a character is text", "strict.ts", " && !/\\p{Surrogate}/u.test(value);", ";"),
    Mutant("no entry is sealed", "strict.ts", "Object.hasOwn(entry, 'box') ? sealedOf(entry)", "false ? sealedOf(entry)"),
    Mutant("a sealed edit with more names", "strict.ts", "const isSealed = hasOnly(entry, SEALED_NAMES) && ", "const isSealed = "),
    Mutant("a box of any size", "checks.ts", "box.length > WIRE.boxChars ? 'too_long'", "false ? 'too_long'"),
    Mutant("a box with padding", "checks.ts", "const BOX = /^[A-Za-z0-9_-]+$/;", "const BOX = /^[A-Za-z0-9_=-]+$/;"),
    Mutant("a key's id of any length", "checks.ts", "const KEY_ID = /^[A-Za-z0-9_-]{11}$/;", "const KEY_ID = /^[A-Za-z0-9_-]+$/;"),
    Mutant("a sealed edit without a number", "checks.ts", "Number.isSafeInteger(n) && n > 0 && AUTHOR", "AUTHOR"),
    Mutant("the event is not bound", "sealed.ts", "[a, n, event, id, key]);", "[a, n, id, key]);"),
    Mutant("a signature for any purpose", "sealed.ts", "return `${INFO}\\n${edit}`;", "return edit;"),
    Mutant("a limit in UTF-16 halves", "checks.ts", "[...value].length > (field.limit", "value.length > (field.limit"),
    Mutant("a kind is found in the prototype", "checks.ts", "if (!Object.hasOwn(KINDS, edit.kind)) return", "if (!(edit.kind in KINDS)) return"),
    Mutant("February has 29 days", "checks.ts", "isLeap ? 29 : 28", "29"),
    Mutant("over of anything", "checks.ts", "if (!Object.hasOwn(edit.set, name)) return 'bad_value';", ""),
    # who may: pwa/src/sync/around.ts, audiences.ts, rights.ts, moves.ts, constraints.ts
    Mutant("a draft is handed over", "around.ts", "null, 'draft', 'rejected', 'cancelled'", "null, 'rejected', 'cancelled'"),
    Mutant("researchers see issues of cards", "audiences.ts", "if (event && !hangsOnCard(record.view, around)) yield", "if (event) yield"),
    Mutant("a promise opens any stream", "audiences.ts", " && /^(member|service):/.test(assignee)", ""),
    Mutant("an assignee is any text", "checks.ts", ", assignee: ASSIGNEE }", ", assignee: /^/ }"),
    Mutant("an archived event is open", "audiences.ts", "if (event.view.state === 'archived') continue;", ""),
    Mutant("moves legal only from all", "moves.ts", "return seenOnes.some((one) => one !== undefined && isMove", "return seenOnes.every((one) => one !== undefined && isMove"),
    Mutant("withdrawn consent is consent", "constraints.ts", " && !consent.view.withdrawn_at;", ";"),
    Mutant("late and honest is an offence", "rights.ts", " || e <= event.moved;", ";"),
]  # fmt: skip
