import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import type { FlagSpec } from '../../src/kubectl/args/flags.js'
import { parseFlags } from '../../src/kubectl/args/flags.js'
import { CommandLineError, splitWords } from '../../src/kubectl/call/words.js'

describe('splitWords', () => {
  it.each([
    ['get pods', ['get', 'pods']],
    ["get pods -l 'app in (a,b)'", ['get', 'pods', '-l', 'app in (a,b)']],
    ['a "b \\"c\\" \\d" \'e\\f\'', ['a', 'b "c" \\d', 'e\\f']],
    ['-o jsonpath=\'{.a}\'"{.b}"', ['-o', 'jsonpath={.a}{.b}']],
    ["a '' b\\ c", ['a', '', 'b c']],
    ['  ', []],
  ])('%s', (line, words) => {
    expect(splitWords(line)).toEqual(words)
  })

  it.each(['get pod | grep x', 'get pod > x', 'a; b', 'a && b', "a 'b", 'a "b'])('refuses %s', (line) => {
    expect(() => splitWords(line)).toThrow(CommandLineError)
  })

  it('gives back quoted words', () => {
    const words = fc.array(fc.string())
    fc.assert(
      fc.property(words, (all) => {
        expect(splitWords(all.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' '))).toEqual(all)
      }),
      { seed: 7 },
    )
  })
})

const specs: readonly FlagSpec[] = [
  { name: 'namespace', short: 'n', type: 'string' },
  { name: 'all-namespaces', short: 'A', type: 'bool' },
  { name: 'watch', short: 'w', type: 'bool' },
  { name: 'dry-run', type: 'string', bare: 'unchanged' },
  { name: 'filename', short: 'f', type: 'strings' },
  { name: 'grace-period', type: 'int' },
  { name: 'timeout', type: 'duration' },
]

const parse = (line: string): ReturnType<typeof parseFlags> => parseFlags(line.split(' '), specs, 'get')

describe('parseFlags', () => {
  it.each(['-n shop', '-nshop', '-n=shop', '--namespace shop', '--namespace=shop', '-Anshop', '-wn shop'])(
    'reads %s',
    (line) => {
      expect(parse(`pods ${line} a`).args).toEqual(['pods', 'a'])
      expect(parse(line).flags.string('namespace')).toBe('shop')
    },
  )

  it('knows bare flags, lists, numbers, durations and --', () => {
    const { args, flags } = parse(
      'x --dry-run y -f a,b -f c --grace-period -1 --timeout=1m30s -A=false -- -w',
    )
    expect(args).toEqual(['x', 'y', '-w'])
    expect(flags.string('dry-run')).toBe('unchanged')
    expect(flags.strings('filename')).toEqual(['a', 'b', 'c'])
    expect(flags.int('grace-period', 0)).toBe(-1)
    expect(flags.duration('timeout', 0)).toBe(90_000)
    expect([flags.bool('all-namespaces', true), flags.bool('watch'), flags.has('watch')]).toEqual([
      false,
      false,
      false,
    ])
  })

  it.each([
    ['--nope', 'unknown flag: --nope'],
    ['-Z', "unknown shorthand flag: 'Z' in -Z"],
    ['-AZw', "unknown shorthand flag: 'Z' in -Zw"],
    ['-n', "flag needs an argument: 'n' in -n"],
    ['--namespace', 'flag needs an argument: --namespace'],
    ['--=x', 'bad flag syntax: --=x'],
    [
      '--grace-period=x',
      'invalid argument "x" for "--grace-period" flag: strconv.ParseInt: parsing "x": invalid syntax',
    ],
    [
      '-w=maybe',
      'invalid argument "maybe" for "-w, --watch" flag: strconv.ParseBool: parsing "maybe": invalid syntax',
    ],
    ['--timeout=5', 'invalid argument "5" for "--timeout" flag: time: missing unit in duration "5"'],
    ['--timeout=1d', 'invalid argument "1d" for "--timeout" flag: time: unknown unit "d" in duration "1d"'],
    ['--timeout=x', 'invalid argument "x" for "--timeout" flag: time: invalid duration "x"'],
  ])('%s: %s', (line, message) => {
    expect(() => parse(line)).toThrow(new Error(`${message}\nSee 'kubectl get --help' for usage.`))
  })
})
