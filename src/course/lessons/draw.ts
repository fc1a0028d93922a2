import { Random, type RandomStream } from '../../sim/random.js'

const APPS = ['web', 'shop', 'billing', 'admin', 'login'] as const

/**
 * Draws what varies between the openings of a lesson: names, nodes, the place of the fault. Seed 0 takes what
 * is written first, so it is the lesson as it is written. Equal seeds draw the same.
 */
export class Draw {
  readonly seed: number
  readonly #stream: RandomStream

  /** `id` is the lesson's: two lessons of one seed draw apart. */
  constructor(id: string, seed: number) {
    this.seed = seed
    this.#stream = new Random(seed).stream(`lesson ${id}`)
  }

  /** One of the choices. */
  one<T>(first: T, ...others: readonly T[]): T {
    return this.seed === 0 ? first : this.#stream.pick([first, ...others])
  }

  /** The choices in some order. */
  inOrder<T>(...choices: readonly T[]): readonly T[] {
    if (this.seed === 0) return choices
    const left = [...choices]
    return choices.map(() => left.splice(this.#stream.int(0, left.length - 1), 1)[0] as T)
  }

  /** A worker of the usual cluster, and the other one. */
  nodes(first: 'node-1' | 'node-2' = 'node-1'): readonly [node: string, other: string] {
    const node = this.one(first, first === 'node-1' ? 'node-2' : 'node-1')
    return [node, node === 'node-1' ? 'node-2' : 'node-1']
  }

  /** The name of an application. */
  app(): string {
    return this.one(...APPS)
  }
}

/** A name with its last two letters swapped, as in a typo. */
export const misspelt = (name: string): string =>
  name.slice(0, -2) + (name.at(-1) ?? '') + (name.at(-2) ?? '')

/** Korean particles: after a final consonant, and after a vowel. */
const PARTICLES: readonly (readonly [consonant: string, vowel: string])[] = [
  ['이', '가'],
  ['은', '는'],
  ['을', '를'],
  ['과', '와'],
  ['으로', '로'],
  ['이라', '라'],
]

/** A name that ends in a digit with the particle that suits it: `ko('node-2', '이')` is `node-2가`. */
export function ko(name: string, particle: string): string {
  const [consonant = particle, vowel = particle] = PARTICLES.find((pair) => pair.includes(particle)) ?? []
  const digit = name.at(-1) ?? ''
  const isVowel = '2459'.includes(digit) || (consonant === '으로' && '178'.includes(digit))
  return name + (isVowel ? vowel : consonant)
}

/** Names that lessons draw, by how they end when they are read aloud. */
const NAMES = {
  consonant:
    'web shop billing admin login team jane ellen dan kevin ken ian john brian martin ann robot cleanup ' +
    'block zone public premium monitoring region backup warn',
  /** They take 로, like a vowel. */
  rieul: 'payroll stable',
  vowel:
    'queue db cache store payments gateway frontend client vault settings sales research report ops office ' +
    'limits front finance features deployer uploads runner reader proxy mode media ledger import health ' +
    'gold first fast edge dev dashboard customers collector canary business bank archive agent api helper',
} as const

const ENDINGS = new Map(
  (['consonant', 'rieul', 'vowel'] as const).flatMap((end) =>
    NAMES[end].split(' ').map((name) => [name, end] as const),
  ),
)

// bounded: the names above
const NAMED = new RegExp(
  String.raw`(?<![\w./-])(${[...ENDINGS.keys()].join('|')})(으로|[이가은는을를과와로])(?=[\s,.)]|$)`,
  'g',
)

/** Returns a Korean text in which drawn names have the particles that suit them: `web는` becomes `web은`. */
export const withParticles = (text: string): string =>
  text.replaceAll(NAMED, (_, name: string, particle: string) => {
    const [consonant = particle, vowel = particle] = PARTICLES.find((pair) => pair.includes(particle)) ?? []
    const end = ENDINGS.get(name)
    return name + (end === 'vowel' || (end === 'rieul' && consonant === '으로') ? vowel : consonant)
  })
