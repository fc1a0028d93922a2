import { parseYamlText } from '../lang/yaml/read.js'
import { mergeOptions } from '../cluster/compose/merge-options.js'
import type { ClusterOptions } from '../cluster/compose/options.js'
import type {
  Chapter,
  CourseFile,
  CourseVersion,
  FileStep,
  Note,
  PredictStep,
  Section,
  Step,
  Text,
} from './chapter.js'
import { LANGUAGES, VERSIONS } from './chapter.js'
import { LEARNER } from './learner.js'
import type { Fault } from './parse-block.js'
import { parseBlock } from './parse-block.js'

/** Front matter of a chapter. course/README.md describes it. */
interface FrontMatter {
  readonly title?: unknown
  readonly goals?: readonly unknown[]
  readonly lessons?: readonly string[]
  readonly cluster?: ClusterOptions
  readonly like?: number
  readonly age?: string
  readonly values?: Readonly<Record<string, Readonly<Record<string, string>>>>
}

interface Lines {
  readonly all: readonly string[]
  readonly fault: Fault
}

/**
 * Reads one chapter at a version. course/README.md describes the format. `startsAs` is the number of the
 * chapter whose cluster it begins with.
 * @throws Error with file and line of what is wrong
 */
export function parseChapter(
  { name, text }: CourseFile,
  version: CourseVersion,
): { readonly chapter: Chapter; readonly startsAs?: number } {
  const fault: Fault = (line, message) => new Error(`${name}:${line}: ${message}`)
  const number = Number(/^(\d\d)-/.exec(name)?.[1] ?? Number.NaN)
  if (Number.isNaN(number)) throw fault(1, 'a chapter is called NN-NAME.md')
  const { values } = frontMatter(text, fault)
  const lines: Lines = { all: withValues(text, values?.[version] ?? {}, fault).split('\n'), fault }
  const {
    title,
    goals = [],
    lessons = [],
    cluster = {},
    like,
    age,
  } = frontMatter(lines.all.join('\n'), fault)
  const sections = sectionsOf(lines, version)
  const manifests = sections
    .flatMap(({ steps }) => steps)
    .filter((step): step is FileStep => step.kind === 'file' && step.isInitial)
    .map((step) => step.text)
  const chapter: Chapter = {
    file: name,
    number,
    version,
    title: bothLanguages(title, 'title', fault),
    goals: goals.map((goal) => bothLanguages(goal, 'goals', fault)),
    lessons,
    start: {
      cluster: mergeOptions({ version, ...LEARNER }, cluster),
      manifests,
      ...(age === undefined ? {} : { age }),
    },
    sections,
  }
  return like === undefined ? { chapter } : { chapter, startsAs: like }
}

function frontMatter(text: string, fault: Fault): FrontMatter {
  const [, yaml] = /^---\n([^]*?)\n---\n/.exec(text) ?? []
  if (yaml === undefined) throw fault(1, 'a chapter begins with front matter between two lines ---')
  return parseYamlText(yaml) as FrontMatter
}

function bothLanguages(value: unknown, field: string, fault: Fault): Text {
  const texts = (value ?? {}) as Partial<Record<string, unknown>>
  for (const language of LANGUAGES)
    if (typeof texts[language] !== 'string' || texts[language].trim() === '')
      throw fault(1, `${field}: the text in ${language} is missing; write { ko: ..., en: ... }`)
  return texts as Text
}

/** Replaces `{{name}}` by the value that the front matter gives for the version. */
function withValues(text: string, values: Readonly<Record<string, string>>, fault: Fault): string {
  const replaced = (line: string, at: number): string =>
    line.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => {
      const value = values[name]
      if (value === undefined) throw fault(at + 1, `{{${name}}} is not in the values of the front matter`)
      return value
    })
  return text.split('\n').map(replaced).join('\n')
}

/** Sections from `## N1, N2 제목 | Title` to the next. */
function sectionsOf(lines: Lines, version: CourseVersion): readonly Section[] {
  const heads = lines.all.flatMap((line, at) => (line.startsWith('## ') ? [at] : []))
  return heads.map((head, at) => {
    const [, ids = '', titles = ''] = /^## ((?:[A-Z]\d+(?:, )?)*)(.*)$/.exec(lines.all[head] ?? '') ?? []
    const [ko = '', en = '', ...more] = titles.split(' | ').map((each) => each.trim())
    if (ko === '' || en === '' || more.length > 0)
      throw lines.fault(head + 1, 'a section has a title in both languages: ## N1 제목 | Title')
    return {
      rows: ids.split(', ').filter((id) => id !== ''),
      title: { ko, en },
      ...stepsOf(lines, head + 1, heads[at + 1] ?? lines.all.length, version),
    }
  })
}

function stepsOf(
  lines: Lines,
  from: number,
  to: number,
  version: CourseVersion,
): Pick<Section, 'steps' | 'notes'> {
  const steps: Step[] = []
  const notes: Note[] = []
  let machines: readonly string[] = ['master']
  let open: PredictStep | undefined
  for (let at = from; at < to; at++) {
    const line = lines.all[at] ?? ''
    if (line.trim() === '') continue
    const end = endOf(lines, at, to)
    const words = line.replace(/^(?::::|```) */, '').split(' ')
    const isPlayed = plays(words, version, lines, at)
    const body = lines.all.slice(at + 1, end).join('\n')
    if (line.startsWith(':::')) {
      const isNote = isForTeachers(words, lines, at)
      const [text, last] = textsAt(lines, at, end, to)
      if (isPlayed && isNote) notes.push({ at: steps.length, text })
      else if (isPlayed) steps.push({ kind: 'prose', text })
      at = last
      continue
    }
    if (isPlayed) {
      const block = parseBlock({ words, body, line: at + 1, machines, fault: lines.fault })
      const [first] = block.steps
      if (first?.kind === 'predict') {
        if (open !== undefined) throw lines.fault(at + 1, 'a prediction is answered before the next one')
        open = first
      }
      steps.push(...block.steps)
      machines = block.machines
      if (open !== undefined && words[0] === 'sh') {
        steps.push({ ...open, part: 'answer' })
        open = undefined
      }
    }
    at = end
  }
  if (open !== undefined) throw lines.fault(to, 'commands (```sh) follow a prediction, in its section')
  return { steps, notes }
}

/** The line that ends a block. Text outside of blocks is a fault: nobody would see it. */
function endOf(lines: Lines, at: number, to: number): number {
  const line = lines.all[at] ?? ''
  const fence = /^(?:::: \S|```\w)/.exec(line)?.[0].slice(0, 3)
  if (fence === undefined)
    throw lines.fault(at + 1, 'text stands in ::: ko and ::: en, commands in ```sh; this line is in neither')
  const end = lines.all.indexOf(fence, at + 1)
  if (end < 0 || end >= to) throw lines.fault(at + 1, `the block is not ended by a line ${fence}`)
  return end
}

/** Whether a block is for a version: a block that names none is for all. Takes the version off the words. */
function plays(words: string[], version: CourseVersion, lines: Lines, at: number): boolean {
  const found = words.findIndex((word) => /^v\d+\.\d+$/.test(word))
  if (found < 0) return true
  const [named = ''] = words.splice(found, 1)
  if (!(VERSIONS as readonly string[]).includes(named))
    throw lines.fault(at + 1, `the course is not played at ${named}, but at ${VERSIONS.join(' and ')}`)
  return named === version
}

/** Whether a text is a teacher's note. A word that means nothing would show learners what is not for them. */
function isForTeachers([language = '', ...words]: readonly string[], { fault }: Lines, at: number): boolean {
  const unknown = words.find((word, place) => word !== 'teacher' || place > 0)
  if (language === 'teacher' || unknown !== undefined)
    throw fault(
      at + 1,
      `a text is ::: ko or, for teachers only, ::: ko teacher, not ::: ${[language, ...words].join(' ')}`,
    )
  return words.length > 0
}

/** The text in Korean at a line, and the one in English right after it. */
function textsAt(lines: Lines, at: number, end: number, to: number): readonly [Text, last: number] {
  const text = (from: number, last: number): string =>
    lines.all
      .slice(from + 1, last)
      .join('\n')
      .trim()
  const head = lines.all[at] ?? ''
  let next = end + 1
  while (next < to && (lines.all[next] ?? '').trim() === '') next++
  if (!/^::: ko\b/.test(head))
    throw lines.fault(at + 1, `the text in ko is missing: ::: ko stands before ${head}`)
  if ((lines.all[next] ?? '') !== head.replace('ko', 'en'))
    throw lines.fault(at + 1, `the text in en is missing: ${head.replace('ko', 'en')} follows ${head}`)
  const last = endOf(lines, next, to)
  const [ko, en] = [text(at, end), text(next, last)]
  if (ko === '') throw lines.fault(at + 1, 'the text in ko is empty')
  if (en === '') throw lines.fault(next + 1, 'the text in en is empty')
  return [{ ko, en }, last]
}
