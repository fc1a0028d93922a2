/**
 * What split files (split-file.ts) call. `later$` gives a class its moved methods: stubs of their names that
 * load them when one is first called, and put them all in their place, so that nothing is between afterwards.
 * A stub that is still held (bound, or wrapped by a spy) passes on. `names` are methods' and accessors' (with
 * `<`, `>` or `=` for what they have), `statics` those of the class itself. `hidden$` defines a field that
 * nobody sees who looks at the object.
 */
export const HELPERS_TEXT = `
const field = { value: undefined, writable: true, enumerable: false, configurable: true }

export function hidden$(object, name, value) {
  field.value = value
  Object.defineProperty(object, name, field)
  field.value = undefined
}

export function later$(target, load, names, statics) {
  const stubs = new Set()
  let real
  const install = () => {
    if (real) return real
    real = load()
    put(real.prototype, target.prototype)
    if (statics) put(real, target)
    return real
  }
  const put = (from, to) => {
    for (const name of Object.getOwnPropertyNames(from)) {
      const { value, get, set } = Object.getOwnPropertyDescriptor(to, name) ?? {}
      if (!Object.hasOwn(to, name) || stubs.has(value) || stubs.has(get) || stubs.has(set)) Object.defineProperty(to, name, Object.getOwnPropertyDescriptor(from, name))
    }
  }
  const stub = (name, kind, isStatic) => {
    const behind = () => Object.getOwnPropertyDescriptor(isStatic ? install() : install().prototype, name)[kind]
    const one = { [name](...given) { return behind().apply(this, given) } }[name]
    stubs.add(one)
    return one
  }
  const give = (object, text, isStatic) => {
    for (const word of text.split(' ')) {
      const name = word.replace(/^[<>=]/, '')
      const rest = { enumerable: false, configurable: true }
      if (name === word) Object.defineProperty(object, name, { ...rest, writable: true, value: stub(name, 'value', isStatic) })
      else {
        const get = word[0] === '>' ? undefined : stub(name, 'get', isStatic)
        const set = word[0] === '<' ? undefined : stub(name, 'set', isStatic)
        Object.defineProperty(object, name, { ...rest, get, set })
      }
    }
  }
  if (names) give(target.prototype, names, false)
  if (statics) give(target, statics, true)
}
`
