import { childIn, isTied, namesIn, nodesIn, someIn, walk, type Change, type Node } from './syntax.js'

/** A class at the top of a file. */
export class SplitClass {
  readonly node: Node
  readonly name: string
  readonly #moved: readonly Node[]

  /** `isLater` says which of its methods are to be moved. */
  constructor(node: Node, isLater: (method: Node) => boolean) {
    this.node = node
    this.name = String(childIn(node, 'id')?.name)
    const movable = this.members.filter((one) => isMovable(one) && isLater(one))
    this.#moved = movable.filter((one) =>
      this.members.every((other) => !isSameAccessor(one, other) || movable.includes(other)),
    )
  }

  get members(): readonly Node[] {
    return nodesIn(childIn(this.node, 'body') ?? this.node, 'body')
  }

  /** The methods and accessors that are moved. A getter and a setter of one name stay together. */
  get moved(): readonly Node[] {
    return this.#moved
  }

  /**
   * Private names become public ones where others than the class must know them: those of moved methods, and
   * those that moved code uses. They are short, as the minifier makes private ones. Fields are defined so
   * that nobody sees them who looks at the object, when `areHidden`.
   * @throws Error when a name is taken.
   */
  opened(usedElsewhere: ReadonlySet<string>, areHidden: boolean): readonly Change[] {
    const names = new Map<string, string>()
    for (const one of this.members) {
      const name = privateName(one)
      if (name !== undefined && (usedElsewhere.has(`#${name}`) || this.#moved.includes(one)))
        names.set(name, this.#openName(name))
    }
    const taken = namesOfMembers(this.node)
    for (const name of names.values())
      if (taken.has(name))
        throw new Error(`class ${this.name} has a member ${name}, and a private one that has to be called so`)
    return [...this.members.flatMap((one) => this.#field(one, names, areHidden)), ...this.#uses(names)]
  }

  /** Classes of one chain must not meet: who extends another has its own name in it. */
  #openName(name: string): string {
    const all = [...new Set(this.members.map(privateName).filter((one) => one !== undefined))]
    const short = (all.indexOf(name) + 10).toString(36)
    return childIn(this.node, 'superClass') ? `$${short}$${this.name}` : `$${short}`
  }

  #uses(names: ReadonlyMap<string, string>): readonly Change[] {
    const changes: Change[] = []
    walk(this.node, (node, ancestors) => {
      if (node.type === 'ClassBody' && ancestors.at(-1) !== this.node) this.#checkInner(node, names)
      const by = node.type === 'PrivateIdentifier' ? names.get(String(node.name)) : undefined
      if (by === undefined) return undefined
      if (ancestors.at(-1)?.type === 'BinaryExpression')
        throw new Error(
          `class ${this.name} asks for #${String(node.name)} with in: the build of parts cannot`,
        )
      changes.push({ start: node.start, end: node.end, by })
      return undefined
    })
    return changes
  }

  #checkInner(body: Node, names: ReadonlyMap<string, string>): void {
    const twice = nodesIn(body, 'body')
      .map(privateName)
      .find((name) => name !== undefined && names.has(name))
    if (twice !== undefined) throw new Error(`class ${this.name} has a class within that has a #${twice} too`)
  }

  #field(one: Node, names: ReadonlyMap<string, string>, areHidden: boolean): readonly Change[] {
    const name = privateName(one)
    const open = name === undefined ? undefined : names.get(name)
    if (one.type !== 'PropertyDefinition' || open === undefined || !areHidden) return []
    const key = childIn(one, 'key')
    const value = childIn(one, 'value')
    const before = `#${name} = hidden$(this, ${JSON.stringify(open)}`
    if (!key || !value)
      return [{ start: key?.start ?? one.start, end: key?.end ?? one.end, by: `${before})` }]
    return [
      { start: key.start, end: value.start, by: `${before}, ` },
      { start: value.end, end: value.end, by: ')' },
    ]
  }

  /**
   * What the class gets instead of its moved methods, for `later$` (helpers.ts): their names, those of
   * accessors with what they have; then static ones. Private ones of which only moved methods know are not
   * missed.
   */
  table(): string {
    const known = privateNamesIn(this.members.filter((one) => !this.#moved.includes(one)))
    const names = (isStatic: boolean): string => {
      const those = this.#moved.filter(
        (one) => (one.static === true) === isStatic && isKnown(privateName(one), known),
      )
      return [...new Set(those.map((one) => `${this.#accessors(one)}${this.#nameOf(one)}`))].join(' ')
    }
    return [names(false), names(true)]
      .map((text) => JSON.stringify(text))
      .join(', ')
      .replace(/, ""$/, '')
  }

  #nameOf(one: Node): string {
    const name = String(childIn(one, 'key')?.name)
    return privateName(one) === undefined ? name : this.#openName(name)
  }

  /** `<` a getter, `>` a setter, `=` both. */
  #accessors(one: Node): string {
    if (one.kind !== 'get' && one.kind !== 'set') return ''
    if (this.#moved.some((other) => isSameAccessor(one, other))) return '='
    return one.kind === 'get' ? '<' : '>'
  }
}

function privateName(member: Node): string | undefined {
  const key = childIn(member, 'key')
  return key?.type === 'PrivateIdentifier' ? String(key.name) : undefined
}

function isKnown(name: string | undefined, known: ReadonlySet<string>): boolean {
  return name === undefined || known.has(`#${name}`)
}

function isMovable(member: Node): boolean {
  const key = childIn(member, 'key')
  if (member.type !== 'MethodDefinition' || member.kind === 'constructor' || member.computed === true)
    return false
  if (key?.type !== 'Identifier' && key?.type !== 'PrivateIdentifier') return false
  return !someIn(member, isTied)
}

/** Whether two members are the getter and the setter of one name. */
function isSameAccessor(one: Node, other: Node): boolean {
  const [key, otherKey] = [childIn(one, 'key'), childIn(other, 'key')]
  return (
    one !== other &&
    (one.kind === 'get' || one.kind === 'set') &&
    (other.kind === 'get' || other.kind === 'set') &&
    one.static === other.static &&
    key?.type === otherKey?.type &&
    key?.name === otherKey?.name
  )
}

/** The names that a class has or uses as members of anything. */
function namesOfMembers(node: Node): ReadonlySet<string> {
  const names = new Set<string>()
  walk(node, (one) => {
    const key = one.type === 'MemberExpression' ? childIn(one, 'property') : childIn(one, 'key')
    if (key?.type === 'Identifier') names.add(String(key.name))
    return undefined
  })
  return names
}

/** The private names that code uses, with their `#`. */
export function privateNamesIn(nodes: readonly Node[]): ReadonlySet<string> {
  return new Set(nodes.flatMap((node) => [...namesIn(node)].filter((name) => name.startsWith('#'))))
}
