import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/api/cel/compile.js'
import type { CelType } from '../../../src/lang/cel/check/types.js'
import { BOOL, DYN, INT, listOf, mapOf, objectOf, STRING } from '../../../src/lang/cel/check/types.js'

const self = objectOf('object', {
  a: INT,
  s: STRING,
  b: BOOL,
  x: { kind: 'double' },
  l: listOf(INT),
  m: mapOf(STRING, INT),
  d: DYN,
  o: objectOf('object', { p: STRING }),
})
const variables = new Map<string, CelType>([
  ['self', self],
  ['object', DYN],
])
const values = {
  self: { a: 1n, s: 'abc', b: true, x: 1.5, l: [3n, 1n], m: { k: 1n }, d: 'x', o: { p: 'q' } },
  object: { spec: { replicas: 5n, list: [1n, 'a'] } },
}

function run(expression: string): unknown {
  const { program, error } = compile(expression, variables)
  if (error !== undefined) throw new Error(error)
  return program.run(values)
}

/** Expressions that hold, by library. */
const holding = [
  'self.a > 0 && self.a < 1.5 && self.x >= 1',
  'has(self.o.p) && !has(object.nope)',
  'self.m.k == 1 && "k" in self.m && 3 in self.l',
  'object.spec.nope == 1 || true',
  'type(self.a) == int',
  'self.?a.orValue(3) == 1 && optional.none().orValue(2) == 2',
  'object.?nope.?deep.orValue("d") == "d"',
  'optional.of(1).optMap(v, v + 1).value() == 2',
  'sign(quantity("-1")) == -1',
  'self.l.all(i, i > 0) && self.l.exists(i, i == 3) && self.l.exists_one(i, i == 3)',
  'self.l.map(i, i * 2) == [6, 2]',
  'self.l.filter(i, i > 1).size() == 1',
  'self.m.all(k, v, k == "k" && v == 1)',
  'self.l.exists(i, v, i == 1 && v == 1)',
  'self.l.transformList(i, v, v + i) == [3, 2]',
  'self.m.transformMap(k, v, v + 1) == {"k": 2}',
  '[1, 2].existsOne(i, i == 1)',
  'self.l.isSorted() == false && self.l.sum() == 4 && self.l.min() == 1 && self.l.max() == 3',
  'self.l.indexOf(1) == 1 && self.l.lastIndexOf(9) == -1',
  '"abc 123".find("[0-9]+") == "123" && "a1b2".findAll("[0-9]") == ["1", "2"]',
  'self.s.matches("^a.c$") && matches(self.s, "b")',
  '"a-b".split("-").join("+") == "a+b" && "abc".charAt(1) == "b" && "abc".replace("b", "x") == "axc"',
  '"%s has %d of %.2f".format(["a", 3, 1.5]) == "a has 3 of 1.50"',
  'string(duration("90s")) == "90s" && duration("1m") < duration("2m")',
  'timestamp("2026-01-01T00:00:00Z").getFullYear() == 2026',
  'int("4") + 1 == 5 && string(4) == "4" && double(1) == 1.0',
  'quantity("1Gi").isGreaterThan(quantity("1Mi")) && ' +
    'quantity("1").add(quantity("500m")).compareTo(quantity("1500m")) == 0',
  'isQuantity("1Gi") && !isQuantity("x") && quantity("4").asInteger() == 4',
  'semver("1.2.3").isLessThan(semver("1.10.0")) && !isSemver("1.2")',
  'ip("10.0.0.1").family() == 4 && isIP("::1") && !isIP("10.0.0") && ip("127.0.0.1").isLoopback()',
  'ip.isCanonical("2001:db8::1")',
  'cidr("10.0.0.0/8").containsIP("10.1.2.3") && !cidr("10.0.0.0/8").containsIP(ip("11.0.0.1")) && ' +
    'cidr("10.1.2.3/8").masked() == cidr("10.0.0.0/8")',
  'ip("::1") == ip("0:0::1") && ip("::1") != ip("::2") && quantity("1000m") == quantity("1")',
  'url("https://u:80/p?q=1").getHost() == "u:80" && url("https://u:80/p").getHostname() == "u" && ' +
    'isURL("https://x") && !isURL("x")',
  'strings.quote("a\\t\\"b\\"\\u0007é") == "\\"a\\\\t\\\\\\"b\\\\\\"\\\\aé\\""',
  'sets.contains([1, 2], [1]) && sets.intersects([1], [1, 2]) && sets.equivalent([1, 1], [1])',
  'format.dns1123Label().validate("A_").hasValue() && ' +
    '!format.named("uuid").value().validate("6ba7b810-9dad-11d1-80b4-00c04fd430c8").hasValue()',
]

/** Expressions that do not compile, with cel-go's texts. */
const refused: readonly (readonly [string, string])[] = [
  ['self.foo == 1', "1:5: undefined field 'foo'"],
  ['x == 1', "1:1: undeclared reference to 'x' (in container '')"],
  ['foo(1)', "1:4: undeclared reference to 'foo' (in container '')"],
  ['self.s.foo()', "1:11: undeclared reference to 'foo' (in container '')"],
  ['self.a + self.s', "1:8: found no matching overload for '_+_' applied to '(int, string)'"],
  ['self.a == 1.0', "1:8: found no matching overload for '_==_' applied to '(int, double)'"],
  ['self.s == null', "1:8: found no matching overload for '_==_' applied to '(string, null)'"],
  ['self.l["a"]', "1:7: found no matching overload for '_[_]' applied to '(list(int), string)'"],
  ['self.a.startsWith("x")', "1:18: found no matching overload for 'startsWith' applied to 'int.(string)'"],
  ['self.a ? 1 : 2', "1:8: found no matching overload for '_?_:_' applied to '(int, int, int)'"],
  ['!self.a', "1:1: found no matching overload for '!_' applied to '(int)'"],
  [
    'self.l.filter(i, i)',
    "1:14: found no matching overload for '_?_:_' applied to '(int, list(int), list(int))'",
  ],
  [
    'self.a.all(i, true)',
    "1:5: expression of type 'int' cannot be range of a comprehension (must be list, map, or dynamic)",
  ],
  [
    'self.foo(',
    "1:10: Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', ')', '.', '-', '!', " +
      "'true', 'false', 'null', " +
      'NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}',
  ],
  ['a b', "1:3: Syntax error: extraneous input 'b' expecting <EOF>"],
  ['(self.a', "1:8: Syntax error: missing ')' at '<EOF>'"],
  [
    '-!self.a',
    "1:2: Syntax error: extraneous input '!' expecting {'[', '{', '(', '.', '-', 'true', 'false', 'null', " +
      'NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}',
  ],
  ['!-!self.a', "1:3: Syntax error: no viable alternative at input '-!'"],
]

describe('expressions', () => {
  it.each(holding)('%s', (expression) => expect(run(expression)).toBe(true))

  it.each(refused)('%s is refused', (expression, text) => {
    const { error } = compile(expression, variables)
    expect(error?.split('\n')[0]).toBe(`ERROR: <input>:${text}`)
  })

  it('shows where in the text a fault is', () => {
    expect(compile('self.a > 0 &&\n self.foo', variables).error).toBe(
      "ERROR: <input>:2:6: undefined field 'foo'\n |  self.foo\n | .....^",
    )
  })

  it('faults at run time have the words of cel-go', () => {
    expect(() => run('object.nope == 1')).toThrow(/^no such key: nope$/)
    expect(() => run('1 / (self.a - 1) == 0')).toThrow(/^division by zero$/)
    expect(() => run('object.spec.replicas + "a" == ""')).toThrow(/^no such overload$/)
    expect(() => run('quantity("x").isInteger()')).toThrow(/quantities must match/)
  })

  it('knows which variables it speaks of, and its type', () => {
    const { program } = compile('self.l.map(i, string(i))', variables)
    expect([...(program?.used ?? [])].sort()).toEqual(['self'])
    expect(program?.type).toEqual(listOf(STRING))
  })
})
