import type { SourceExport, SourceExports } from './source-exports.js'

/** Which files are loaded later, and as part of what. */
export interface Parts {
  /** The part that a source file belongs to; `undefined` for what is loaded at once. */
  partOf(file: string): string | undefined
  /** With whom a file shares its doors: its part, or what is loaded together with it. */
  groupOf(file: string): string
  /** The files of a part, in order. */
  filesOf(part: string): readonly string[]
  readonly names: readonly string[]
}

/** What the bundle calls to load a part, until the files' places are known (commonjs.ts). */
export const LOAD_PART = '__loadPart'

const DOORS = '\0doors:'
const MAKERS = '\0door-makers'

/** Whether a module is doors, or makes them. */
export function isDoors(id: string): boolean {
  return id.startsWith(DOORS) || id === MAKERS
}

/** Most doors pass on a known number of arguments, which is faster than to pass on any number. */
const MOST_PARAMETERS = 9

/**
 * The doors of a bundle: functions that load a part when they are first called, and pass the call on. Those
 * through which the files of one part (or of the core) get at those of another are one module, a table. Which
 * there are is known when all importing files are noted.
 */
export class Doors {
  readonly #exports: SourceExports
  /** Part -> what others use of it, in the order of its exports. */
  readonly #used = new Map<string, SourceExport[]>()
  /** Module of doors -> what is behind them, as places in the part's exports. */
  readonly #modules = new Map<string, number[]>()

  constructor(exports: SourceExports) {
    this.#exports = exports
  }

  /** Makes a door for one group of files to a function or class of a part. */
  note(group: string, part: string, one: SourceExport): void {
    const used = this.#used.get(part) ?? []
    this.#used.set(part, used)
    let at = used.findIndex(({ file, name }) => file === one.file && name === one.name)
    if (at < 0) at = used.push(one) - 1
    const id = moduleOf(group, part)
    const places = this.#modules.get(id) ?? []
    this.#modules.set(id, places)
    if (!places.includes(at)) places.push(at)
  }

  /** Where a door that was noted is imported from, and as what. */
  find(group: string, part: string, one: SourceExport): { readonly module: string; readonly name: string } {
    const at = (this.#used.get(part) ?? []).findIndex(
      ({ file, name }) => file === one.file && name === one.name,
    )
    return { module: moduleOf(group, part), name: `d${at}` }
  }

  /** The text of a module of doors, or of what makes them. */
  text(id: string): string {
    if (id === MAKERS) return makersText()
    const [, part = ''] = id.slice(DOORS.length).split(':')
    const used = this.#used.get(part) ?? []
    const places = this.#modules.get(id) ?? []
    const kinds = places.map((at) => kindOf(used[at])).join('')
    const isInOrder = places.every((at, index) => at === index)
    const table =
      `doors$(() => ${LOAD_PART}(${JSON.stringify(part)}), ` +
      `${JSON.stringify(kinds)}${isInOrder ? '' : `, ${JSON.stringify(places)}`})`
    return (
      `import { doors$ } from ${JSON.stringify(MAKERS)}\nexport const ` +
      `[${places.map((at) => `d${at}`).join(', ')}] = ${table}`
    )
  }

  /**
   * A part's functions and classes under short names of their own: two files may have functions of one name.
   */
  entryText(part: string, files: readonly string[]): string {
    const used = this.#used.get(part) ?? []
    const lines = used.map(
      ({ file, name }, at) => `export { ${name} as $${at} } from ${JSON.stringify(file)}`,
    )
    return lines.length > 0
      ? lines.join('\n')
      : files
          .map(
            (file) =>
              `export { ${this.#exports
                .deferrableOf(file)
                .map(({ name }) => name)
                .join(', ')} } from ${JSON.stringify(file)}`,
          )
          .join('\n')
  }
}

function moduleOf(group: string, part: string): string {
  return `${DOORS}${group}:${part}`
}

/** What kind of door: `c` of a class, `x` with any number of arguments, or their number. */
function kindOf(one: SourceExport | undefined): string {
  if (one?.kind === 'class') return 'c'
  return one?.parameters === undefined || one.parameters > MOST_PARAMETERS ? 'x' : String(one.parameters)
}

/**
 * `doors$(load, kinds, places)`: what is behind a door is asked for once. The door of a class gives the
 * class.
 */
function makersText(): string {
  const passing = Array.from({ length: MOST_PARAMETERS + 1 }, (_, count) => [
    String(count),
    Array.from({ length: count }, (__, at) => `given${at}`).join(', '),
  ])
  const makers = [...passing, ['x', '...given']].map(
    ([kind, passed]) =>
      `${kind}: (load, at) => { let real; return (${passed}) => (real ??= load()['$' + at])(${passed}) }`,
  )
  return `const makers = { ${makers.join(', ')}, c: (load, at) => { let real; return () => (real ??= load()['$' + at]) } }
    export const doors$ = (load, kinds, places) => Array.from(kinds, (kind, at) => makers[kind](load, places ? places[at] : at))`
}
