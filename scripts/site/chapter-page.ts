import type { Chapter, Language, Step } from '../../src/course/chapter.js'
import { Playback } from '../../src/course/playback.js'
import { startCluster } from '../../src/course/start.js'
import { LESSONS } from '../../src/course/lessons/index.js'
import { WORDS } from '../../src/cli/course/words.js'

/** What each step of a chapter prints, played once for all languages. */
export type Printed = ReadonlyMap<Step, string>

export async function playOnce(chapter: Chapter): Promise<Printed> {
  const playback = new Playback(startCluster(chapter.start))
  const printed = new Map<Step, string>()
  for (const { steps } of chapter.sections)
    for (const step of steps) {
      const { terminal } = await playback.play(step)
      printed.set(step, terminal)
    }
  return printed
}

/** A chapter as a page of VitePress, with what its commands print. */
export function chapterPage(chapter: Chapter, printed: Printed, language: Language): string {
  const words = WORDS[language]
  const place = playgroundLink(language, `chapter/${chapter.number}`)
  const { number, title, goals, sections, version, lessons } = chapter
  return [
    `# ${number}. ${title[language]}`,
    words.chapter(number, title[language], version.slice(1)).replace(/^.*\((.*)\)$/, '_$1_'),
    `[${OPEN[language].chapter}](${place}){target="_self"}`,
    `${words.goals}:`,
    goals.map((goal) => `- ${goal[language]}`).join('\n'),
    ...sections.flatMap(({ title: heading, rows, steps }) => [
      `## ${heading[language]}${rows.length === 0 ? '' : ` (${rows.join(', ')})`}`,
      ...steps.map((step) => stepText(step, printed.get(step) ?? '', language)),
    ]),
    `## ${words.lessons}`,
    ...lessons.map((id) => lessonText(id, language)),
  ].join('\n\n')
}

const OPEN = {
  ko: { chapter: '플레이그라운드에서 이 장 열기', lesson: '이 실습 열기' },
  en: { chapter: 'Open this chapter in the playground', lesson: 'Open this lesson' },
} as const

/** From a chapter's page to a place of the playground, in its language. */
const playgroundLink = (language: Language, place: string): string =>
  `${language === 'ko' ? '../../' : '../'}playground/index.html?lang=${language}#${place}`

function stepText(step: Step, printed: string, language: Language): string {
  const words = WORDS[language]
  const output = printed.trimEnd() === '' ? '' : `\n\n${fenced('text', printed.trimEnd())}`
  switch (step.kind) {
    case 'prose':
      return escaped(step.text[language])
    case 'file': {
      const title = words.file(step.path) + (step.isInitial ? ` ${words.initial}` : '')
      return `::: details ${title}\n\n${fenced('yaml', step.text.trimEnd())}\n\n:::`
    }
    case 'command':
      return fenced('sh', step.line) + output
    case 'event':
      return `_${words.event(step)}_`
    case 'predict': {
      const question = escaped(step.question[language])
      return step.part === 'question'
        ? `> ${words.predict(question)}`
        : `::: details ${words.answer(question)}\n\n${fenced('text', printed.trimEnd())}\n\n:::`
    }
    case 'ask':
      return `_${words.ask(step.question)}_${output}`
  }
}

function lessonText(id: string, language: Language): string {
  const text = LESSONS.find((lesson) => lesson.id === id)?.texts[language]
  if (text === undefined) throw new Error(`there is no lesson ${id}`)
  const hints = text.hints.map((hint) => `1. ${escaped(hint)}`).join('\n')
  return [
    `### ${escaped(text.title)}`,
    escaped(text.symptom),
    `[${OPEN[language].lesson}](${playgroundLink(language, `lesson/${id}`)}){target="_self"}`,
    `::: details ${WORDS[language].hint}\n\n${hints}\n\n:::`,
  ].join('\n\n')
}

const fenced = (kind: string, text: string): string => `\`\`\`\`${kind}\n${text}\n\`\`\`\``

/** Outside of code, VitePress takes angle brackets for HTML and doubled braces for Vue. */
function escaped(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith('`') ? part : part.replaceAll('<', '&lt;').replaceAll('{{', '&#123;&#123;'),
    )
    .join('')
}
