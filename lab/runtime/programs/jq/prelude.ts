// jq's functions that are written in jq, as in its own builtin.jq.
import type { Environment } from './environment.ts';
import { parseDefinitions } from './parser.ts';

const source = `
def values: select(. != null);
def nulls: select(. == null);
def booleans: select(type == "boolean");
def numbers: select(type == "number");
def strings: select(type == "string");
def arrays: select(type == "array");
def objects: select(type == "object");
def iterables: select(type == "array" or type == "object");
def scalars: select(type != "array" and type != "object");
def select(f): if f then . else empty end;
def recurse: ..;
def recurse(f): def r: ., (f | r); r;
def map(f): [.[] | f];
def map_values(f): .[] |= f;
def add: reduce .[] as $x (null; . + $x);
def add(f): reduce f as $x (null; . + $x);
def range($n): range(0; $n);
def range($from; $to; $by): if $by > 0 then $from | while(. < $to; . + $by) elif $by < 0 then $from | while(. > $to; . + $by) else empty end;
def while(c; u): def w: if c then ., (u | w) else empty end; w;
def until(c; u): def w: if c then . else (u | w) end; w;
def repeat(f): def r: ., (f | r); r;
def any: reduce .[] as $x (false; . or $x);
def all: reduce .[] as $x (true; . and $x);
def any(f): map(f) | any;
def all(f): map(f) | all;
def any(g; c): [first(g | if c then true else empty end)] | length > 0;
def all(g; c): [first(g | if c then empty else true end)] | length == 0;
def isempty(g): [first(g)] | length == 0;
def in($o): . as $k | $o | has($k);
def inside($o): . as $k | $o | contains($k);
def sort_by(f): _sort_by(map([f]));
def group_by(f): _group_by(map([f]));
def unique_by(f): _unique_by(map([f]));
def unique: unique_by(.);
def min_by(f): _min_by(map([f]));
def max_by(f): _max_by(map([f]));
def min: min_by(.);
def max: max_by(.);
def to_entries: [keys_unsorted[] as $k | {key: $k, value: .[$k]}];
def from_entries: reduce .[] as $e ({}; . + { ($e | if .key == null then (if .k == null then (if .name == null then (if .Name == null then .Key else .Name end) else .name end) else .k end) else .key end | if type == "string" then . else tojson end): ($e | if has("value") then .value elif has("v") then .v else .Value end) });
def with_entries(f): to_entries | map(f) | from_entries;
def del(f): delpaths([path(f)]);
def paths: path(..) | select(length > 0);
def paths(f): path(.. | select(f)) | select(length > 0);
def leaf_paths: paths(scalars);
def pick(f): . as $top | reduce path(f) as $p (null; setpath($p; $top | getpath($p)));
def first: .[0];
def last: .[-1];
def last(f): reduce f as $x (null; $x);
def nth($n): .[$n];
def nth($n; f): last(limit($n + 1; f));
def index($i): indices($i) | .[0];
def rindex($i): indices($i) | .[-1];
def test($re): _match($re; null) | length > 0;
def test($re; $flags): _match($re; $flags) | length > 0;
def match($re): _match($re; null)[];
def match($re; $flags): _match($re; $flags)[];
def capture($re): match($re) | [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries;
def capture($re; $flags): match($re; $flags) | [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries;
def scan($re): match($re; "g") | if (.captures | length) > 0 then [.captures[].string] else .string end;
def split($re; $flags): [splits($re)];
def _sub($re; f; $flags): . as $in | (reduce _match($re; $flags)[] as $m ({at: 0, text: ""}; . as $state | ($m | [.captures[] | select(.name != null) | {key: .name, value: .string}] | from_entries | f) as $new | {at: ($m.offset + $m.length), text: ($state.text + $in[$state.at:$m.offset] + $new)})) | .text + $in[.at:];
def sub($re; f): _sub($re; f; "");
def sub($re; f; $flags): _sub($re; f; $flags);
def gsub($re; f): _sub($re; f; "g");
def gsub($re; f; $flags): _sub($re; f; $flags + "g");
def ascii: [.] | implode;
def transpose: if . == [] then [] else . as $in | (map(length) | max) as $n | [range(0; $n) as $j | [range(0; $in | length) as $i | $in[$i][$j]]] end;
def tostream: path(def r: (.[]? | r), .; r) as $p | getpath($p) | reduce path(.[]?) as $q ([$p, .]; [$p + $q]);
def env: $ENV;
def date: todate;
def walk(f): def w: if type == "object" then map_values(w) elif type == "array" then map(w) else . end | f; w;
def combinations: if length == 0 then [] else .[0][] as $x | (.[1:] | combinations) as $w | [$x] + $w end;
`;

/** What every program finds defined. */
export function prelude(): Environment {
	const definitions = parseDefinitions(source);
	const functions = new Map();
	const environment: Environment = { functions };
	// They use each other in any order, so that all stand in one environment.
	for (const definition of definitions)
		functions.set(`${definition.name}/${definition.parameters.length}`, { definition, environment });
	return environment;
}
