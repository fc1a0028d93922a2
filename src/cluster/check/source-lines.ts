/** A path below an object: `['spec', 'containers', 0, 'image']`. */
export type ObjectPath = readonly (string | number)[]

/** Reads `spec.template.spec.containers[0].ports`; quoted keys as in `data[a.b]`. */
export function pathOf(text: string): ObjectPath {
  return [...text.matchAll(/([^.[\]]+)|\[([^\]]*)(?:\]|$)/g)].map(([, name, inner]) => {
    const key = name ?? inner ?? ''
    return name === undefined && /^\d+$/.test(key) ? Number(key) : key.replace(/^"(.*)"$/, '$1')
  })
}

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** The lines of a text on which the parts of an object stand. */
export class SourceLines {
  readonly #object: object
  readonly #lines: readonly string[]
  readonly #maps: WeakMap<object, number>

  /** `lines` are those of the text; `maps` has the line, from 1, on which each of its maps begins. */
  constructor(object: object, lines: readonly string[], maps: WeakMap<object, number>) {
    this.#object = object
    this.#lines = lines
    this.#maps = maps
  }

  /** The line on which the object begins. */
  get first(): number {
    return this.#maps.get(this.#object) ?? 1
  }

  /** Returns the line of a field, or of the deepest part of its path that is there. */
  ofPath(path: ObjectPath): number {
    let at: unknown = this.#object
    let line = this.first
    for (const segment of path) {
      if (!isMap(at)) break
      if (typeof segment === 'string' && this.#maps.has(at)) line = this.#keyLine(line, segment)
      at = at[segment]
      if (isMap(at)) line = this.#maps.get(at) ?? line
    }
    return isMap(at) && path.length > 0 ? this.#openingLine(path) : line
  }

  /**
   * Returns the line of the first field below the object, other than its own name, that has this value; of
   * the object if there is none. `within` are keys of which one must be among the parents, if given.
   */
  ofValue(value: string | number, within?: readonly string[]): number {
    const path = this.#find(this.#object, value, within, within === undefined, [])
    return path === undefined ? this.first : this.ofPath(path)
  }

  /** The line of the key under which a map or list stands. */
  #openingLine(path: ObjectPath): number {
    let at: unknown = this.#object
    let line = this.first
    for (const segment of path) {
      if (!isMap(at)) return line
      const begins = this.#maps.get(at)
      if (begins !== undefined && typeof segment === 'string') line = this.#keyLine(begins, segment)
      at = at[segment]
      if (typeof segment === 'number' && isMap(at)) line = this.#maps.get(at) ?? line
    }
    return line
  }

  #find(
    at: unknown,
    value: string | number,
    within: readonly string[] | undefined,
    isWithin: boolean,
    path: ObjectPath,
  ): ObjectPath | undefined {
    if (!isMap(at)) return isWithin && at === value ? path : undefined
    for (const [key, member] of Object.entries(at)) {
      // the name of the object itself is no reference
      if (path.length === 0 && key === 'metadata') continue
      const next = Array.isArray(at) ? Number(key) : key
      const found = this.#find(member, value, within, isWithin || within?.includes(key) === true, [
        ...path,
        next,
      ])
      if (found !== undefined) return found
    }
    return undefined
  }

  /** The line of a key of the map that begins on a line. */
  #keyLine(start: number, key: string): number {
    const first = this.#lines[start - 1] ?? ''
    const column = /^(?:\s|-\s)*/.exec(first)?.[0].length ?? 0
    const isFlow = /^[{[]/.test(first.slice(column))
    for (let at = start; at <= this.#lines.length; at++) {
      const line = this.#lines[at - 1] ?? ''
      if (at > start && !isFlow && line.trim() !== '' && !line.trimStart().startsWith('#')) {
        const indent = line.length - line.trimStart().length
        if (indent < column || line.startsWith('---')) return start
      }
      if (isFlow ? line.includes(`"${key}"`) : isKeyAt(line.slice(column), key)) return at
    }
    return start
  }
}

const isKeyAt = (text: string, key: string): boolean =>
  [key, `"${key}"`, `'${key}'`].some((each) => text.startsWith(each) && /^\s*:/.test(text.slice(each.length)))
