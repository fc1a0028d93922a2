import { describe, expect, it } from 'vitest'
import { exactJson } from '../../../src/lang/json/exact-json.js'
import { parseExactJson } from '../../../src/lang/go/json.js'
import { parseJson } from '../../../src/lang/go/json.js'
import { parseYamlText } from '../../../src/lang/yaml/read.js'
import { printYaml } from '../../../src/lang/yaml/print.js'

const LONG = 3546343826724305833n

describe('int64s beyond 2^53', () => {
  it('keep all digits in JSON', () => {
    const text = `{"a":[${LONG},-9223372036854775808],"b":{"c":9007199254740993},"d":1}`
    const value = { a: [LONG, -(2n ** 63n)], b: { c: 9007199254740993n }, d: 1 }
    expect(parseExactJson(text)).toEqual(value)
    expect(parseJson(text).value).toEqual(value)
    expect(exactJson(value)).toBe(text)
  })

  it('are bigints only where a double cannot hold them, and floats beyond int64', () => {
    expect(parseJson('[9007199254740991,9007199254740992,9223372036854775808,1e19,1.0]').value).toEqual([
      9007199254740991,
      9007199254740992n,
      2 ** 63,
      1e19,
      1,
    ])
  })

  it('are told from texts that look like them', () => {
    const value = { a: 5n, b: '#5', c: '##5"', d: '"#5"' }
    expect(exactJson(value)).toBe(`{"a":5,"b":"#5","c":"##5\\"","d":"\\"#5\\""}`)
    expect(exactJson({ a: [LONG] }, 1)).toBe(`{\n "a": [\n  ${LONG}\n ]\n}`)
  })

  it('keep all digits in YAML', () => {
    const text = `a: ${LONG}\nb: "${LONG}"\nc: 0x10\nd: 1e+30\n`
    expect(parseYamlText(text)).toEqual({ a: LONG, b: String(LONG), c: 16, d: 1e30 })
    expect(printYaml({ a: LONG })).toBe(`a: ${LONG}\n`)
  })

  it('are not lost when something else cannot be written', () => {
    const circle: Record<string, unknown> = {}
    circle['self'] = circle
    expect(() => exactJson(circle)).toThrow(TypeError)
  })
})
