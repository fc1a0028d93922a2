import { describe, expect, test } from 'vitest'
import { HELPERS_TEXT } from '../../../scripts/parts/helpers.js'
import { splitFile, type Split } from '../../../scripts/parts/split-file.js'

/**
 * Splits a file of which only those functions are called, and those branches gone into, whose first line has
 * the word `called` in it.
 */
function split(code: string, areHidden = false): Split {
  const isCalled = (start: number): boolean => /^[^\n]*called/.test(code.slice(start < 0 ? ~start : start))
  const done = splitFile(code, { baseName: 'file', isCalled, areHidden })
  if (!done) throw new Error('nothing was moved')
  return done
}

const LONG = `'${'x'.repeat(120)}'`

interface Run {
  readonly value: unknown
  /** How often the second file was loaded. */
  readonly loads: number
}

/**
 * Runs a split file, its second one loaded at the first call of one of its functions, and gives what its
 * function `run` returns.
 */
function play(code: string, areHidden = false): Run {
  const { now, later } = split(code, areHidden)
  const body = (text: string): string =>
    text
      .replaceAll(/^import .*$/gm, '')
      .replaceAll(/^export \{.*\}.*$/gm, '')
      .replaceAll(/^export /gm, '')
  const moved = [...now.matchAll(/^import \{ (.*) \} from '\.\/file\.later\.js'$/gm)].flatMap(
    ([, names = '']) => names.split(', '),
  )
  const needed = [...later.matchAll(/^import \{ (.*) \} from '\.\/file\.js'$/gm)].flatMap(([, names = '']) =>
    names.split(', '),
  )
  const script = `${body(HELPERS_TEXT)}
    let loads = 0
    let real
    const load = () => real ??= (loads += 1, ((${needed.join(', ')}) => { ${body(later)}; return { ${moved.join(', ')} } })(${needed.join(', ')}))
    ${moved.map((name) => `const ${name} = (...given) => load().${name}(...given)`).join('\n')}
    ${body(now)}
    return { value: run(), loads }`
  // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- the text is what the build makes
  return new Function(script)() as Run
}

describe('methods', () => {
  const counter = `
    class Counter {
      #count = 1
      plus(by) { /* called */ this.#count += by; return this }
      minus(by) { this.#count -= by; this.#note(${LONG}); return this }
      #note(text) { this.text = text + 'never moved alone, since only minus calls it' }
      get count() { return [this.#count, 'a getter that is long enough to be moved away'][0] }
      set count(value) { this.#count = value; this.text = 'a setter that is long enough to be moved away' }
      static of(count) { const made = new Counter(); made.#count = count; return made /* ${LONG} */ }
    }`

  test('are moved, reach private state, and nothing is between once they are loaded', () => {
    const { value, loads } = play(`${counter}
      const run = () => { /* called */
        const one = new Counter().plus(4)
        const before = Object.getOwnPropertyDescriptor(Counter.prototype, 'minus')
        const held = one.minus.bind(one)
        one.minus(2)
        const after = Object.getOwnPropertyDescriptor(Counter.prototype, 'minus')
        held(1)
        one.count += 10
        return [one.count, Counter.of(7).count, before.value === after.value, after.value.length, before.enumerable, after.enumerable, one.text.length > 20]
      }`)
    expect(value).toEqual([12, 7, false, 1, false, false, true])
    expect(loads).toBe(1)
    expect(split(`${counter}\nconst run = () => 1 /* called */`).now).not.toContain('minus(by)')
  })

  test('that others have replaced stay replaced, and the first of them is reached', () => {
    const { value } = play(`${counter}
      const run = () => { /* called */
        const stub = Counter.prototype.minus
        Counter.prototype.minus = function (by) { return stub.call(this, by * 2) }
        return [new Counter().plus(9).minus(1).count, new Counter().plus(9).minus(1).count]
      }`)
    expect(value).toEqual([8, 8])
  })

  test('work in classes that extend, and a method that says super stays', () => {
    const code = `
      class Base { greet(name) { return 'hello ' + name + ${LONG}.slice(0, 0) } }
      class Loud extends Base {
        #end = '!'
        greet(name) { return super.greet(name) + this.end(${LONG}) }
        end(unused) { return this.#end + unused.slice(0, 0) + 'and more text'.slice(0, 0) }
      }
      const run = () => new Loud().greet('jo') // called`
    expect(play(code).value).toBe('hello jo!')
    expect(split(code).now).toContain('super.greet(name)')
    expect(split(code).now).not.toContain('unused.slice')
  })

  test('a getter and a setter of one name go together or stay together', () => {
    const { now } = split(`class Pair {
      get both() { return [1, 'a getter that is long enough to be moved away'] }
      set both(value) { /* called */ this.value = value }
      other() { return 'a method that is long enough to be moved away' + ${LONG} }
    }`)
    expect(now).toContain('get both()')
    expect(now).not.toContain('other()')
  })

  test('fields are seen as before where a user gets the object', () => {
    const run =
      `\nconst run = () => { /* called */ const one = new Counter().minus(0); return [Object.keys(one), ` +
      'JSON.stringify(one), one.count] }'
    expect(play(counter.replace('this.text = text', 'text') + run, true).value).toEqual([[], '{}', 1])
  })

  test('a taken name is refused, and a class within that has the private name too', () => {
    expect(() => split(`class Both { #x = 1; $a = 2; m() { return this.#x + ${LONG} } }`)).toThrow(
      'class Both has a member $a',
    )
    expect(() =>
      split(
        `class Outer { #x = 1; m() { return this.#x + ${LONG} }\nn() { /* called */ return class { #x ` +
          '= 2 } } }',
      ),
    ).toThrow('class Outer has a class within')
    expect(() =>
      split(`class Asks { #x = 1; m() { return this.#x + ${LONG} }\nn(o) { /* called */ return #x in o } }`),
    ).toThrow('class Asks asks for #x with in')
  })
})

describe('functions', () => {
  test('at the top, in tables and in functions are moved, with what they use', () => {
    const { value, loads } = play(`
      const TEXT = ${LONG}
      const table = { name: 'table', text: (from) => TEXT.slice(from) + 'a function in a table that is long enough', size() { return TEXT.length + ${LONG}.length } }
      function top(at) { return TEXT.charAt(at) + 'a function at the top that is long enough to move' }
      const run = () => { /* called */
        const own = [1, 2, 3]
        return [table.text(118).slice(0, 2), table.size(), top(0).charAt(0), own.map((one) => one * own.length + ${LONG}.length + Number('0'.repeat(20)))]
      }`)
    expect(value).toEqual(['xx', 240, 'x', [123, 126, 129]])
    expect(loads).toBe(1)
  })

  test('in methods keep their this', () => {
    const { value } = play(`
      class Sums { #by = 2; all(list) { /* called */ return list.map((one) => one * this.#by + ${LONG}.length * 0 + Number('0'.repeat(20))) } }
      const run = () => new Sums().all([1, 2]) // called`)
    expect(value).toEqual([2, 4])
  })

  test('that use a variable which changes, or has its value later, stay', () => {
    const { now } = split(`
      let state = 0
      function moved(a) { return a + ${LONG} }
      function stays(a) { return a + state + ${LONG} }
      const run = () => { /* called */
        let count = 0
        const counts = () => { count += 1; return count + ${LONG} + ${LONG} }
        const early = () => late + ${LONG} + ${LONG}
        const late = 1
        return [counts, early, moved, stays]
      }`)
    expect(now).toContain('function stays')
    expect(now).toContain('count += 1')
    expect(now).toContain('=> late +')
    expect(now).not.toContain('function moved')
  })

  test('take along the constants and classes that nobody else uses', () => {
    const { now, later } = split(`
      const SHARED = 1
      const OWN = [SHARED, ${LONG}]
      class Mine { text() { return OWN.join() + ${LONG} } }
      function moved() { return new Mine().text() + OWN + SHARED }
      const run = () => SHARED // called`)
    expect(now).not.toContain('OWN')
    expect(now).not.toContain('class Mine')
    expect(later).toContain('class Mine')
    expect(now).toContain('const SHARED')
  })
})

describe('branches', () => {
  /** What `read(0)` to `read(4)` give or throw. */
  const code = `
    class Reader {
      #seen = []
      read(from) { /* called */
        const text = 'start'
        if (from > 2) {
          this.#seen.push(text + from)
          if (from > 3) throw new RangeError('too far: ' + this.#seen.join() + ${LONG})
          return this.#seen.length + ${LONG}
        }
        if (from > 1) return text + ' of two' + ${LONG}
        if (from > 0) {
          this.#seen.push('only noted', from, ${LONG})
        }
        return [text, this.#seen.length] // called
      }
    }
    const run = () => [0, 1, 2, 3, 4].map((from) => { /* called */
      try {
        return String(new Reader().read(from)).replace(/x+$/, '') // called
      } catch (error) {
        return error.message.replace(/x+$/, '') // called
      }
    })`

  test('are moved, and return, throw or go on as before', () => {
    expect(play(code)).toEqual({
      value: ['start,0', 'start,3', 'start of two', '1', 'too far: start4'],
      loads: 1,
    })
    const { now } = split(code)
    for (const gone of ['too far', 'of two', 'only noted']) expect(now).not.toContain(gone)
  })

  test('that change a variable, leave a loop, wait or return only sometimes stay', () => {
    const { now } = split(`
      function moved() { return ${LONG} }
      const run = async (list, a) => { /* called */
        let count = 0
        for (const one of list) { /* called */
          if (one === 1) { count += ${LONG}.length; moved(${LONG}) }
          if (one === 2) { moved(${LONG}, 'leaves'); break }
          if (one === 3) { await moved(${LONG}, 'waits') }
          if (one === 4) { if (a) return 1; moved(${LONG}, 'sometimes') }
          if (one === 5) { moved(${LONG}, 'goes') }
          moved(count) /* called */
        }
      }`)
    for (const stays of ['count +=', 'leaves', 'waits', 'if (a) return 1']) expect(now).toContain(stays)
    expect(now).not.toContain('goes')
  })

  test(
    'see the value that a variable has when they are run; where others can change it meanwhile, they ' +
      'stay',
    () => {
      const changing = `
      const run = () => { /* called */
        let own = 1
        own += 1
        let shared = 0
        const add = () => { /* called */ shared += 1 }
        const seen = []
        for (const one of [1]) { /* called */
          if (one === 1) { seen.push(own, ${LONG}) }
          if (one === 1) { add(); seen.push(shared, ${LONG}, 'shared') }
          seen.pop() // called
        }
        return seen.map(String).map((text) => text.slice(0, 2)) // called
      }`
      expect(play(changing)).toEqual({ value: ['2', 'xx', '1', 'xx'], loads: 1 })
      expect(split(changing).now).toContain("'shared'")
    },
  )

  test('that declare what functions before them use stay', () => {
    const code = `
      const run = (a) => { /* called */
        const early = () => late.length // called
        if (a === undefined) return early // called
        const late = 'late' + ${LONG}
        return early()
      }`
    expect(() => split(code)).toThrow('nothing was moved')
  })

  test('after a statement that may leave are moved to the end of the block', () => {
    const tail = `
      const run = () => [0, 1].map((one) => { /* called */
        if (one === 0) return 'early' // called
        const rest = one + ${LONG}
        const more = rest.slice(0, 3)
        return more + ' late'
      })`
    expect(play(tail)).toEqual({ value: ['early', '1xx late'], loads: 1 })
    expect(split(tail).now).not.toContain('rest.slice')
  })
})
