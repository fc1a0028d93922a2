/**
 * As much of vitest as the tests of src/netpol need, for many runs in one process; its matchers are vitest's
 * own.
 */
import { chai, JestAsymmetricMatchers, JestChaiExpect, JestExtend, setState } from '@vitest/expect'
import { format, plugins } from '@vitest/pretty-format'
import { stripSnapshotIndentation } from '@vitest/snapshot'

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin)

chai.util.addMethod(
  chai.Assertion.prototype,
  'toMatchInlineSnapshot',
  function toMatchInlineSnapshot(snapshot) {
    const is = format(chai.util.flag(this, 'object'), {
      printBasicPrototype: false,
      escapeString: false,
      plugins: Object.values(plugins),
    })
    if (is.trim() !== stripSnapshotIndentation(snapshot).trim())
      throw new Error('the snapshot does not match')
  },
)

export const expect = Object.assign((value, message) => chai.expect(value, message), chai.expect)
setState({ assertionCalls: 0 }, expect)

let tests = []
let path = []
let hooks = []
const taken = new Set()

/** Forgets the tests that were told. */
export function collect() {
  tests = []
  path = []
  taken.clear()
  return tests
}

/** A file of tests begins. */
export function begin(file) {
  path = [file]
  hooks = []
}

function add(name, run) {
  const whole = [...path, name].join(' > ')
  let id = whole
  for (let at = 2; taken.has(id); at++) id = `${whole} #${at}`
  taken.add(id)
  tests.push({ id, hooks, run })
}

const each = (make) => (table) => (name, run) =>
  table.forEach((row) => make(name, () => (Array.isArray(row) ? run(...row) : run(row))))

export const it = Object.assign((name, run) => add(name, run), { each: each(add) })
export const test = it

function group(name, run) {
  const [outer, known] = [path, hooks]
  path = [...path, name]
  hooks = [...hooks]
  run()
  path = outer
  hooks = known
}

export const describe = Object.assign(group, {
  each: each(group),
  skipIf: (isSkipped) => (isSkipped ? () => {} : group),
})

export function beforeAll(hook) {
  hooks.push(hook)
}
