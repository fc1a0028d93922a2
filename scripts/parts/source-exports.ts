import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseAst } from 'rolldown/parseAst'
import { withoutTypes } from './syntax.js'

/** One name that a source file gives to others. */
export interface SourceExport {
  /** The file that declares it, whatever files pass it on. */
  readonly file: string
  /** Its name there. */
  readonly name: string
  readonly kind: Kind
  /** Parameters of a function; `undefined` for one that takes any number. */
  readonly parameters?: number | undefined
}

export type Kind = 'function' | 'class' | 'other'

type Program = ReturnType<typeof parseAst>
type Statement = Program['body'][number]
type Declaration = Pick<SourceExport, 'kind' | 'parameters'>

interface FileExports {
  readonly declared: ReadonlyMap<string, Declaration>
  /** Name outside -> where it comes from. */
  readonly passedOn: ReadonlyMap<string, { readonly file: string; readonly name: string }>
}

/** The file that an import in TypeScript's sources names. */
export function sourceFile(importer: string, specifier: string): string {
  return resolve(dirname(importer), specifier.replace(/\.js$/, '.ts'))
}

/** The text of each source file, as JavaScript: of the repository, or what the build has made of it. */
export class SourceTexts {
  readonly #texts: Map<string, string>

  constructor(changed: ReadonlyMap<string, string> = new Map()) {
    this.#texts = new Map(changed)
  }

  read(file: string): string {
    const known = this.#texts.get(file)
    if (known !== undefined) return known
    const text = withoutTypes(file, readFileSync(file, 'utf8'))
    this.#texts.set(file, text)
    return text
  }

  /** The source files that one reaches by imports, without itself. */
  reachableFrom(entry: string): readonly string[] {
    const found = new Set<string>()
    const waiting = [entry]
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
      for (const statement of parseAst(this.read(file)).body) {
        if (statement.type !== 'ImportDeclaration' && statement.type !== 'ExportNamedDeclaration') continue
        if (!statement.source?.value.startsWith('.')) continue
        const next = sourceFile(file, statement.source.value)
        if (!found.has(next)) waiting.push(next)
        found.add(next)
      }
    }
    return [...found].toSorted()
  }
}

/** Finds where what a file exports is declared, through all files that only pass it on. */
export class SourceExports {
  readonly texts: SourceTexts
  readonly #files = new Map<string, FileExports>()

  constructor(texts: SourceTexts) {
    this.texts = texts
  }

  /** @throws Error when the file exports no value of that name. */
  find(file: string, name: string): SourceExport {
    const { declared, passedOn } = this.#exportsOf(file)
    const own = declared.get(name)
    if (own) return { file, name, ...own }
    const from = passedOn.get(name)
    if (!from) throw new Error(`${file} exports no value ${name}`)
    return this.find(from.file, from.name)
  }

  /** The functions and classes that a file itself declares and exports. */
  deferrableOf(file: string): readonly SourceExport[] {
    return [...this.#exportsOf(file).declared]
      .filter(([, { kind }]) => kind !== 'other')
      .map(([name, own]) => ({ file, name, ...own }))
  }

  #exportsOf(file: string): FileExports {
    let known = this.#files.get(file)
    if (known === undefined) this.#files.set(file, (known = read(file, this.texts.read(file))))
    return known
  }
}

function read(file: string, code: string): FileExports {
  const { body } = parseAst(code)
  const declared = new Map<string, Declaration>()
  const passedOn = new Map<string, { file: string; name: string }>()
  for (const statement of body) {
    if (statement.type === 'ExportAllDeclaration' || statement.type === 'ExportDefaultDeclaration') {
      throw new Error(`${file}: the build of parts knows only named exports`)
    }
    if (statement.type !== 'ExportNamedDeclaration') continue
    for (const [name, own] of declarationsIn(statement.declaration)) declared.set(name, own)
    for (const { local, exported } of statement.specifiers) {
      if (!statement.source) declared.set(nameOf(exported), { kind: 'other' }) // imported as ever
      else
        passedOn.set(nameOf(exported), {
          file: sourceFile(file, statement.source.value),
          name: nameOf(local),
        })
    }
  }
  return { declared, passedOn }
}

/** Text of an export's or import's name. */
export function nameOf(name: {
  readonly type: string
  readonly name?: string
  readonly value?: string
}): string {
  return name.name ?? name.value ?? ''
}

function declarationsIn(
  declaration: Extract<Statement, { type: 'ExportNamedDeclaration' }>['declaration'],
): ReadonlyMap<string, Declaration> {
  const found = new Map<string, Declaration>()
  if (declaration?.type === 'FunctionDeclaration')
    found.set(declaration.id?.name ?? '', functionOf(declaration))
  if (declaration?.type === 'ClassDeclaration') found.set(declaration.id?.name ?? '', { kind: 'class' })
  if (declaration?.type === 'VariableDeclaration') {
    for (const { id, init } of declaration.declarations) {
      if (id.type !== 'Identifier') throw new Error('the build of parts knows only exports by their names')
      const isFunction = init?.type === 'ArrowFunctionExpression' || init?.type === 'FunctionExpression'
      found.set(id.name, isFunction ? functionOf(init) : { kind: 'other' })
    }
  }
  return found
}

function functionOf({ params }: { readonly params: readonly { readonly type: string }[] }): Declaration {
  return {
    kind: 'function',
    parameters: params.some(({ type }) => type === 'RestElement') ? undefined : params.length,
  }
}
