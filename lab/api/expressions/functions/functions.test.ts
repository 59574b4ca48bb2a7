// Kubernetes' own functions, by what its documentation says of them (kubernetes.io/docs/reference/using-api/cel).
import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { loadExpressions, program } from '../environment.ts';

before(loadExpressions);

const value = (expression: string) => program(expression, {})({});

function holds(...expressions: string[]) {
	for (const each of expressions) assert.equal(value(each), true, each);
}

test('quantities', () => {
	holds(
		'quantity("1Gi").isGreaterThan(quantity("1G")) && quantity("50k") == quantity("50000")',
		'quantity("1").sub(quantity("2")).sign() == -1 && quantity("1500m").add(1) == quantity("2.5")',
		'!quantity("0.5").isInteger() && quantity("2k").asInteger() == 2000',
		'quantity("200M").compareTo(quantity("0.2G")) == 0 && quantity("1.5").asApproximateFloat() == 1.5',
		'isQuantity("1Gi") && !isQuantity("lots")',
	);
	assert.throws(() => value('quantity("lots")'), /quantities must match the regular expression/);
	assert.throws(() => value('quantity("0.5").asInteger()'), /cannot convert value to integer/);
});

test('addresses', () => {
	holds(
		'ip("127.0.0.1").family() == 4 && ip("::1").isLoopback() && ip("fe80::1").isLinkLocalUnicast()',
		'ip("192.168.0.1").isGlobalUnicast() && ip("0.0.0.0").isUnspecified() && ip("ff02::1").isLinkLocalMulticast()',
		'string(ip("2001:DB8:0:0:1:0:0:0001")) == "2001:db8::1:0:0:1"',
		'string(ip("::")) == "::" && string(ip("1:0:0::")) == "1::"',
		'ip.isCanonical("2001:db8::abcd") && !ip.isCanonical("2001:DB8::ABCD")',
		'ip("10.0.0.1") == ip("10.0.0.1") && !isIP("10.0.0") && !isIP("::ffff:1.2.3.4")',
		'cidr("192.168.0.0/24").containsIP(ip("192.168.0.1")) && !cidr("192.168.0.0/24").containsIP("192.169.0.1")',
		'cidr("192.168.0.0/16").containsCIDR("192.168.10.0/24") && !cidr("10.0.0.0/8").containsCIDR(cidr("10.0.0.0/7"))',
		'cidr("192.168.0.1/24").masked() == cidr("192.168.0.0/24") && cidr("::1/128").prefixLength() == 128',
		'string(cidr("192.168.0.1/24").ip()) == "192.168.0.1" && isCIDR("10.0.0.0/8") && !isCIDR("10.0.0.0")',
	);
	assert.throws(() => value('ip("nowhere")'), /unable to parse IP/);
});

test('addresses on the web', () => {
	holds(
		'url("https://user:pass@example.com:80/a b?k=1&k=2#f").getHost() == "example.com:80"',
		'url("https://[::1]:80/").getHostname() == "::1" && url("https://[::1]:80/").getPort() == "80"',
		'url("https://example.com/a b").getEscapedPath() == "/a%20b" && url("/path").getScheme() == ""',
		'url("https://example.com/?k=a&k=b&l=c").getQuery() == {"k": ["a", "b"], "l": ["c"]}',
		'isURL("https://a.example/b") && isURL("/b") && !isURL("b") && !isURL("")',
	);
});

test('lists and sets', () => {
	holds(
		'[1, 2, 2].isSorted() && ![2, 1].isSorted() && [1, 2].sum() == 3 && [1.5, 2.0].sum() == 3.5',
		'["b", "a"].max() == "b" && [3, 1].min() == 1 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(9) == -1',
		'sets.contains([1, 2, 3], [3, 1]) && sets.equivalent([1, 1], [1]) && !sets.intersects([1], [2])',
		'[2, 1, 2].distinct() == [2, 1] && [2, 1].sort() == [1, 2] && [1, 2, 3].slice(1, 3) == [2, 3]',
		'[1, 2].reverse() == [2, 1] && [[1], [2, 3]].flatten() == [1, 2, 3] && [1, 2].first().value() == 1',
	);
	assert.throws(() => value('[].max()'), /max called on empty list/);
});

test('strings', () => {
	holds(
		'"abc 123".find("[0-9]+") == "123" && "1 2 3".findAll("[0-9]", 2) == ["1", "2"]',
		'"%d of %s, %.2f, %x %X %b %%".format([1, "a", 2.5, 255, "hi", true]) == "1 of a, 2.50, ff 6869 1 %"',
		'"%s".format([[1, 2]]) == "[1, 2]" && strings.quote("a\\"b") == "\\"a\\\\\\"b\\""',
		'"banana".replace("a", "o", 2) == "bonona" && "abc".charAt(1) == "b"',
	);
	assert.throws(() => value('"%d".format(["a"])'), /only integers/);
	assert.throws(() => value('"%d %d".format([1])'), /index 1 out of range/);
});

test('names, versions, and what may not be there', () => {
	holds(
		'format.dns1123Label().validate("a-b") == optional.none()',
		'format.dns1123Label().validate("A_b").value()[0].contains("RFC 1123")',
		'format.named("uuid").value().validate("no").value() == ["does not match the UUID format"]',
		'!format.dns1123LabelPrefix().validate("a-").hasValue() && !format.named("nothing").hasValue()',
		'semver("1.2.3").isLessThan(semver("1.10.0")) && semver("1.0.0-rc.1").isLessThan(semver("1.0.0"))',
		'semver("1.0.0-1").compareTo(semver("1.0.0-a")) == -1 && semver("v1.02", true).minor() == 2 && !isSemver("1.2")',
		'optional.of(2).optMap(x, x * 2).value() == 4 && !optional.none().optMap(x, x).hasValue()',
		'optional.of([1]).optFlatMap(l, l[?1]) == optional.none()',
	);
});

test('comprehensions with two variables', () => {
	holds(
		'[0, 1].all(i, v, i == v) && ["a"].exists(i, v, i == 0 && v == "a") && [3, 4].existsOne(i, v, v > 3)',
		'{"a": 1, "b": 2}.all(k, v, k in ["a", "b"] && v < 3) && !{"a": 1}.exists(k, v, v == 2)',
		'[1, 2, 3].transformList(i, v, i > 0, v * i) == [2, 6] && [5].transformList(i, v, v + i) == [5]',
		'{"a": 1, "b": 2}.transformMap(k, v, v > 1, k + "!")["b"] == "b!"',
	);
});
