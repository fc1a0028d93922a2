import { branchKey, runsOf } from './branches.js'
import type { IsCalled } from './functions.js'
import { lift, liftRun, type Lifted } from './lift-functions.js'
import { privateNamesIn, SplitClass } from './split-class.js'
import {
  changed,
  childIn,
  isFunction,
  isReference,
  namesDeclaredBy,
  namesIn,
  nodesIn,
  statementsOf,
  walk,
  type Change,
  type Node,
  type Place,
} from './syntax.js'

/** What comes of a file whose functions are partly needed later: two files that import each other's names. */
export interface Split {
  readonly now: string
  readonly later: string
}

/** What the caller knows of a file. */
export interface SplitOptions {
  /** Its name without `.ts`. */
  readonly baseName: string
  readonly isCalled: IsCalled
  /** Whether nobody may see the fields of its classes (hidden-fields.ts). */
  readonly areHidden: boolean
}

/** The module of the helpers that split files import. */
export const HELPERS = '\0part-helpers'

/**
 * Functions that are shorter stay where they are: a door would take as much. Characters, without comments.
 */
const WORTH_A_DOOR = 45
/** A method needs only its name in a table. */
const WORTH_A_NAME = 25
/** A function within another needs a call that passes on what it uses of that. */
const WORTH_A_CALL = 80

/** Something that is moved: what it uses, and its text in the other file. */
interface Unit extends Place {
  readonly node: Node
  readonly text: (changes: readonly Change[]) => string
  readonly isExported?: boolean
  /** Whether only moved code uses it. */
  readonly isOnlyForLater?: boolean
  /** Names that it declares in the other file. */
  readonly names: readonly string[]
  /** What takes its place. */
  readonly change: Change
}

/**
 * Moves what a first use does not call out of a file (plain JavaScript) into a second one beside it
 * (`pod.ts`, `pod.later.ts`), so that it can be loaded later: functions, methods, functions in tables and in
 * other functions, and the constants and classes that only these use. What uses a variable of the file which
 * can change stays: only its own file can write it. `undefined` when nothing can be moved.
 */
export function splitFile(code: string, options: SplitOptions): Split | undefined {
  return new FileSplit(code, options).result()
}

class FileSplit {
  readonly #code: string
  readonly #options: SplitOptions
  readonly #body: readonly Node[]
  /** Names declared at the top: those that keep their value, and those that do not. */
  readonly #constant = new Set<string>()
  readonly #changing = new Set<string>()
  readonly #classes: SplitClass[] = []

  constructor(code: string, options: SplitOptions) {
    this.#code = code
    this.#options = options
    this.#body = statementsOf(code)
    for (const statement of this.#body) {
      const declaration = declarationOf(statement)
      const to =
        declaration?.type === 'VariableDeclaration' && declaration.kind !== 'const'
          ? this.#changing
          : this.#constant
      for (const name of namesDeclaredBy(declaration)) to.add(name)
    }
  }

  result(): Split | undefined {
    const functions = this.#body.flatMap((statement) => this.#unitsIn(statement))
    const moved = this.#classes.filter((one) => one.moved.length > 0)
    if (functions.length === 0 && moved.length === 0) return undefined
    const constants = this.#constants(functions)
    const units = [
      ...constants,
      ...functions.filter(
        (one) => !constants.some((other) => other.start <= one.start && one.end <= other.end),
      ),
    ]
    return this.#write(units.toSorted((a, b) => a.start - b.start))
  }

  #unitsIn(statement: Node): readonly Unit[] {
    const declaration = declarationOf(statement)
    const fn = topFunction(declaration)
    if (fn && declaration && this.#isLater(fn, fn, WORTH_A_DOOR)) {
      const isExported = statement !== declaration
      return [
        {
          ...placeOf(statement),
          node: declaration,
          isExported,
          names: namesDeclaredBy(declaration),
          change: { ...placeOf(statement), by: '' },
          text: (changes) => `export ${changed(this.#code, changes, declaration)}`,
        },
      ]
    }
    if (declaration?.type === 'ClassDeclaration')
      this.#classes.push(
        new SplitClass(declaration, (method) =>
          this.#isLater(childIn(method, 'value'), method, WORTH_A_NAME),
        ),
      )
    return this.#liftsIn(statement)
  }

  /** Whether something is to be moved, `fn` being its function. */
  #isLater(fn: Node | undefined, whole: Node, worth: number): boolean {
    if (!fn || this.#options.isCalled(fn.start) || this.#isShort(whole, worth)) return false
    return !this.#usesChanging(whole)
  }

  #isShort({ start, end }: Place, worth: number): boolean {
    return withoutComments(this.#code.slice(start, end)).length < worth
  }

  /** Whether it uses a variable of the file which can change. */
  #usesChanging(node: Node): boolean {
    return [...namesIn(node)].some((name) => this.#changing.has(name))
  }

  #liftsIn(statement: Node): readonly Unit[] {
    const found: Unit[] = []
    const gone = new Set(this.#classes.at(-1)?.moved)
    walk(statement, (node, ancestors) => {
      if (gone.has(node)) return false
      const parent = ancestors.at(-1)
      const run = this.#runIn(node, ancestors)
      if (run) {
        found.push(run)
        nodesIn(run.node, 'body').forEach((one) => gone.add(one))
      }
      const isInPlace =
        isFunction(node) &&
        parent?.type !== 'MethodDefinition' &&
        !(parent?.type === 'Property' && parent.kind !== 'init') &&
        parent?.type !== 'ExportNamedDeclaration' &&
        parent !== undefined
      if (!isInPlace || !this.#isLater(node, node, ancestors.some(isFunction) ? WORTH_A_CALL : WORTH_A_DOOR))
        return undefined
      const lifted = lift(this.#code, node, ancestors)
      if (!lifted) return undefined
      found.push(this.#unitOf(node, lifted, nameFor(ancestors)))
      return false
    })
    return found
  }

  /** A branch that the first use does not go into, or what it does not come to in a block. */
  #runIn(node: Node, ancestors: readonly Node[]): Unit | undefined {
    for (const run of runsOf(node, ancestors.at(-1))) {
      const { block } = run
      if (
        this.#options.isCalled(branchKey(run)) ||
        this.#isShort(block, WORTH_A_CALL) ||
        this.#usesChanging(block)
      )
        continue
      const lifted = liftRun(this.#code, run, [...ancestors, node])
      if (lifted) return this.#unitOf(block, lifted, nameFor(ancestors))
    }
    return undefined
  }

  #unitOf(node: Node, lifted: Lifted, hint: string): Unit {
    const name = `${hint}$${node.start.toString(36)}${node.type === 'BlockStatement' ? '$' : ''}`
    const change = lifted.change(name)
    return {
      start: change.start,
      end: change.end,
      node,
      names: [name],
      change,
      text: (changes) => lifted.declaration(name, changes),
    }
  }

  /** Constants and classes, not exported, that only moved code uses; and what only these use. */
  #constants(functions: readonly Unit[]): readonly Unit[] {
    const found: Unit[] = []
    const candidates = this.#body.filter(
      (one) =>
        (one.type === 'VariableDeclaration' && one.kind === 'const') || one.type === 'ClassDeclaration',
    )
    for (let before = -1; before < found.length;) {
      before = found.length
      for (const statement of candidates) {
        if (found.some(({ node }) => node === statement) || functions.some(({ node }) => node === statement))
          continue
        if (!this.#isOnlyForLater(statement, [...functions, ...found])) continue
        found.push({
          ...placeOf(statement),
          node: statement,
          isOnlyForLater: true,
          names: namesDeclaredBy(statement),
          change: { ...placeOf(statement), by: '' },
          text: (changes) => changed(this.#code, changes, statement),
        })
      }
    }
    return found
  }

  #isOnlyForLater(statement: Node, moved: readonly Unit[]): boolean {
    if (this.#usesChanging(statement)) return false
    const names = new Set(namesDeclaredBy(statement))
    const later = [...moved.map(({ node }) => node), ...this.#classes.flatMap((one) => one.moved)]
    const skipped = new Set([statement, ...later])
    let isUsed = false
    for (const other of this.#body) {
      walk(other, (node, ancestors) => {
        if (isUsed || skipped.has(node)) return false
        if (isReference(node, ancestors.at(-1)) && names.has(String(node.name))) isUsed = true
        return undefined
      })
    }
    return !isUsed && later.some((node) => [...namesIn(node)].some((name) => names.has(name)))
  }

  #write(units: readonly Unit[]): Split {
    const classes = this.#classes.filter((one) => !units.some(({ node }) => node === one.node))
    const opened = classes.flatMap((one) => {
      const inside = units
        .filter(({ start, end }) => one.node.start <= start && end <= one.node.end)
        .map(({ node }) => node)
      return one.opened(privateNamesIn([...one.moved, ...inside]), this.#options.areHidden)
    })
    const split = classes.filter((one) => one.moved.length > 0)
    const names = new Set(units.flatMap((one) => one.names))
    const used = new Set(
      [...units.map(({ node }) => node), ...split.flatMap((one) => one.moved)].flatMap((node) => [
        ...namesIn(node),
      ]),
    )
    const staying = [...this.#constant].filter((name) => used.has(name) && !names.has(name))
    const later = [
      ...importsOf(this.#body, used),
      ...(staying.length > 0
        ? [`import { ${staying.join(', ')} } from './${this.#options.baseName}.js'`]
        : []),
      ...units.map((one) => one.text(opened)),
      ...split.map(
        (one) =>
          `export function ${methodsOf(one)}() { return class ` +
          `{\n${one.moved.map((method) => changed(this.#code, opened, method)).join('\n')}\n} }`,
      ),
    ]
    return { now: this.#now(units, split, opened, staying), later: later.join('\n') }
  }

  #now(
    units: readonly Unit[],
    split: readonly SplitClass[],
    opened: readonly Change[],
    staying: readonly string[],
  ): string {
    const from = `from './${this.#options.baseName}.later.js'`
    const alreadyGiven = new Set(
      this.#body.flatMap((one) => (one.type === 'ExportNamedDeclaration' ? namesDeclaredBy(one) : [])),
    )
    const given = staying.filter((name) => !alreadyGiven.has(name))
    const passedOn = units.filter((one) => one.isExported === true).flatMap((one) => one.names)
    const wrapped = split.flatMap((one) => [
      ...one.moved.map((method) => ({ start: method.start, end: method.end, by: '' })),
      atTopOf(one.node, ` static { later$(this, ${methodsOf(one)}, ${one.table()}) }`),
    ])
    const text = changed(this.#code, [...units.map((one) => one.change), ...wrapped, ...opened])
    return [
      `import { later$, hidden$ } from ${JSON.stringify(HELPERS)}`,
      `import { ${[...units.filter((one) => one.isOnlyForLater !== true).flatMap((one) => one.names), ...split.map(methodsOf)].join(', ')} } ${from}`,
      ...(passedOn.length > 0 ? [`export { ${passedOn.join(', ')} } ${from}`] : []),
      withoutUnusedImports(text),
      ...(given.length > 0 ? [`export { ${given.join(', ')} }`] : []),
    ].join('\n')
  }
}

function atTopOf(node: Node, by: string): Change {
  const at = (childIn(node, 'body')?.start ?? node.start) + 1
  return { start: at, end: at, by }
}

function methodsOf(one: SplitClass): string {
  return `${one.name}$methods`
}

function declarationOf(statement: Node): Node | undefined {
  return statement.type === 'ExportNamedDeclaration' ? childIn(statement, 'declaration') : statement
}

/** The function that a statement at the top declares, and nothing else. */
function topFunction(declaration: Node | undefined): Node | undefined {
  if (declaration?.type === 'FunctionDeclaration') return declaration
  if (declaration?.type !== 'VariableDeclaration' || declaration.kind !== 'const') return undefined
  const [first, ...others] = nodesIn(declaration, 'declarations')
  const init = childIn(first, 'init')
  return others.length === 0 && init?.type === 'ArrowFunctionExpression' ? init : undefined
}

function placeOf({ start, end }: Node): Place {
  return { start, end }
}

/** A word of what stands around a function, for its name: it is read in stack traces. */
function nameFor(ancestors: readonly Node[]): string {
  for (const node of ancestors.toReversed()) {
    const name = childIn(node, 'key') ?? childIn(node, 'id')
    if (name?.type === 'Identifier' || name?.type === 'PrivateIdentifier') return String(name.name)
  }
  return 'later'
}

function withoutComments(code: string): string {
  return code.replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '').replace(/\s+/g, ' ')
}

/** The file's imports of what the moved code uses. */
function importsOf(body: readonly Node[], used: ReadonlySet<string>): readonly string[] {
  return body
    .filter(({ type }) => type === 'ImportDeclaration')
    .flatMap((statement) =>
      nodesIn(statement, 'specifiers').flatMap((specifier) => {
        const local = String(childIn(specifier, 'local')?.name)
        if (!used.has(local)) return []
        const from = JSON.stringify(childIn(statement, 'source')?.value)
        if (specifier.type === 'ImportSpecifier')
          return [`import { ${String(childIn(specifier, 'imported')?.name)} as ${local} } from ${from}`]
        return [
          `import ${specifier.type === 'ImportNamespaceSpecifier' ? `* as ${local}` : local} from ${from}`,
        ]
      }),
    )
}

/** Without the imports of what only moved code uses: they would make its file core. */
function withoutUnusedImports(code: string): string {
  const body = statementsOf(code)
  const used = new Set(
    body.filter(({ type }) => type !== 'ImportDeclaration').flatMap((one) => [...namesIn(one)]),
  )
  const unused = body.filter(
    (one) =>
      one.type === 'ImportDeclaration' &&
      nodesIn(one, 'specifiers').length > 0 &&
      nodesIn(one, 'specifiers').every((specifier) => !used.has(String(childIn(specifier, 'local')?.name))),
  )
  return changed(
    code,
    unused.map(({ start, end }) => ({ start, end, by: '' })),
  )
}
