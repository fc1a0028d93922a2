/** Korean particles that come in two forms: after a final consonant, and after a vowel. */
const PARTICLES: readonly (readonly [consonant: string, vowel: string])[] = [
  ['이', '가'],
  ['은', '는'],
  ['을', '를'],
  ['과', '와'],
  ['으로', '로'],
  ['이라', '라'],
  ['이나', '나'],
]

/** How phrases write a particle whose form depends on what they are about: `이(가)`, `(으)로`. */
const openForms = ([consonant, vowel]: readonly [string, string]): readonly string[] =>
  consonant.endsWith(vowel)
    ? [`(${consonant.slice(0, -vowel.length)})${vowel}`]
    : [`${consonant}(${vowel})`, `${vowel}(${consonant})`]

const FORMS = new Map(
  PARTICLES.flatMap((pair) => [...pair, ...openForms(pair)].map((form) => [form, pair] as const)),
)

/** Matches particles that are written openly: `이(가)`, `을(를)`, `(으)로`. */
export const OPEN_PARTICLE: string = PARTICLES.flatMap(openForms)
  .map((form) => form.replaceAll(/[()]/g, String.raw`\$&`))
  .join('|')

/** How a word ends when it is read aloud. After ㄹ the particle is 로, as after a vowel. */
type Sound = 'consonant' | 'rieul' | 'vowel'

/** 영 일 이 삼 사 오 육 칠 팔 구; what ends in 0 is read as 십, 백, 천, 만 or 영, and they agree. */
const DIGITS: readonly Sound[] = [
  'consonant',
  'rieul',
  'vowel',
  'consonant',
  'vowel',
  'vowel',
  'consonant',
  'rieul',
  'rieul',
  'vowel',
]

const [FIRST_SYLLABLE, LAST_SYLLABLE, FINALS, RIEUL] = [0xac00, 0xd7a3, 28, 8]

/** Endings of English words as Koreans write them, the first that fits: 웹, 블록, 롤, 네임, 디스크, 노드. */
const ENDINGS: readonly (readonly [ending: RegExp, sound: Sound])[] = [
  [/le?$/, 'rieul'],
  [/(?:[aeiouy]|[^aeiouy]u)[mn]e$|[mn]$|ng$/, 'consonant'],
  // a short vowel and a stop make a final consonant: web, backup, block, target
  [/(?:^|[^aeiou])[aeiouy][bpt]$|[aeiouy](?:c|ck|pp)$|(?:roup|ook|out)$/, 'consonant'],
]

/** Names whose reading does not follow from how they are written. */
const READ: Readonly<Record<string, Sound>> = {
  // the e of the name is silent, or the word is spelt letter by letter
  ellen: 'consonant',
  zone: 'consonant',
  type: 'consonant',
  ldap: 'consonant',
  get: 'consonant',
  patch: 'vowel',
}

/** Letters whose names end in a consonant: 엘, 엠, 엔, 알. */
const LETTERS: Readonly<Record<string, Sound>> = { l: 'rieul', m: 'consonant', n: 'consonant', r: 'rieul' }

/** No word is longer. */
const LONGEST = 64

/** The last characters of a kind in a text, without what follows them. */
function lastWord(text: string, kind: RegExp): string {
  let end = text.length
  while (end > 0 && !kind.test(text.charAt(end - 1))) end--
  let start = end
  while (start > 0 && end - start < LONGEST && kind.test(text.charAt(start - 1))) start--
  return text.slice(start, end)
}

function soundOf(text: string): Sound {
  const word = lastWord(text, /[\p{L}\p{N}%]/u)
  const code = word.charCodeAt(word.length - 1)
  if (code >= FIRST_SYLLABLE && code <= LAST_SYLLABLE) {
    const final = (code - FIRST_SYLLABLE) % FINALS
    return final === 0 ? 'vowel' : final === RIEUL ? 'rieul' : 'consonant'
  }
  const digit = DIGITS[Number(/\d$/.exec(word)?.[0])]
  if (digit !== undefined) return digit
  const latin = /[A-Za-z]$/.test(word) ? lastWord(word, /[A-Za-z]/) : ''
  // a unit, as in 100m, is read as its word: 밀리
  return latin === '' || /\dm$/.test(word) ? 'vowel' : soundOfLatin(latin)
}

function soundOfLatin(latin: string): Sound {
  // of camelCase only the last word is read last: targetPort
  const [last = latin] = /[A-Z][a-z]+$/.exec(latin) ?? []
  const word = last.toLowerCase()
  const known = Object.hasOwn(READ, word) ? READ[word] : undefined
  if (known !== undefined) return known
  // abbreviations are spelt; longer words in capitals are names of variables
  const isSpelt = /^[A-Z]{1,4}$/.test(latin) || !/[aeiouy]/.test(word)
  if (isSpelt) return LETTERS[word.at(-1) ?? ''] ?? 'vowel'
  return ENDINGS.find(([ending]) => ending.test(word))?.[1] ?? 'vowel'
}

/**
 * The form of a Korean particle after a word, by the word's last sound: of Hangul by its final consonant, of
 * digits and Latin letters as they are read. The particle may be in either form, or open: `이(가)`.
 * @example particleAfter('node-2', '이') // '가'
 */
export function particleAfter(word: string, particle: string): string {
  const [consonant, vowel] = FORMS.get(particle) ?? [particle, particle]
  const sound = soundOf(word)
  return sound === 'vowel' || (sound === 'rieul' && consonant === '으로') ? vowel : consonant
}

const AFTER_LATIN =
  /(?<![\w./-])([A-Za-z0-9][\w./:@-]*)(으로|이라|이나|[이가은는을를과와로라나])(?=[\s,.)]|$)/g

/** Returns a Korean text in which particles after Latin words and digits have the form that suits them. */
export const withParticles = (text: string): string =>
  text.replaceAll(AFTER_LATIN, (_, word: string, particle: string) => word + particleAfter(word, particle))
