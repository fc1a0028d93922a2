import type { Chapter, Step } from '../../src/course/chapter.js'
import type { Language } from '../../src/lang/text/phrases.js'
import { type ClusterView, viewOf } from '../../src/view/index.js'
import { Playback } from '../../src/course/playback.js'
import { startCluster } from '../../src/course/start.js'
import { LESSONS } from '../../src/course/lessons/index.js'
import { WORDS } from '../../src/cli/course/words.js'

/** What playing a chapter shows. */
export interface Played {
  /** What each step prints. */
  readonly printed: ReadonlyMap<Step, string>
  /** The cluster after a section, by its index, if it looks different from what was shown before. */
  readonly views: ReadonlyMap<number, ClusterView>
}

/** Plays a chapter once for all languages. */
export async function playOnce(chapter: Chapter): Promise<Played> {
  const playback = new Playback(startCluster(chapter.start))
  const printed = new Map<Step, string>()
  const views = new Map<number, ClusterView>()
  let before = ''
  for (const [section, { steps }] of chapter.sections.entries()) {
    for (const step of steps) {
      const { terminal } = await playback.play(step)
      printed.set(step, terminal)
    }
    const view = viewOf(playback.cluster)
    const shown = JSON.stringify({ ...view, now: 0 })
    if (shown !== before) views.set(section, view)
    before = shown
  }
  return { printed, views }
}

/** The name of the file with the picture of a section. */
export const pictureFile = (chapter: number, section: number, language: Language): string =>
  `chapter-${chapter}-${section + 1}.${language}.svg`

/**
 * A chapter as a page of VitePress: what its commands print, and the cluster after each section. LiveStep
 * lets a reader run a step on the page.
 */
export function chapterPage(chapter: Chapter, { printed, views }: Played, language: Language): string {
  const words = WORDS[language]
  const place = playgroundLink(language, `chapter/${chapter.number}`)
  const { number, title, goals, sections, version, lessons } = chapter
  return [
    `# ${number}. ${title[language]}`,
    words.chapter(number, title[language], version.slice(1)).replace(/^.*\((.*)\)$/, '_$1_'),
    `[${OPEN[language].chapter}](${place}){:target="_self"}`,
    `${words.goals}:`,
    goals.map((goal) => `- ${goal[language]}`).join('\n'),
    ...sections.flatMap(({ title: heading, rows, steps }, section) => [
      `## ${heading[language]}${rows.length === 0 ? '' : ` (${rows.join(', ')})`}`,
      ...steps.map((step, at) =>
        live(step, [section, at], stepText(step, printed.get(step) ?? '', language)),
      ),
      ...(views.has(section)
        ? [`![${PICTURE[language]}](/pictures/${pictureFile(number, section, language)})`]
        : []),
    ]),
    `## ${words.lessons}`,
    ...lessons.map((id) => lessonText(id, language)),
  ].join('\n\n')
}

const PICTURE = { ko: '이 절을 마친 클러스터', en: 'The cluster after this section' } as const

/** A step that a reader can run on the page; without scripts it is what stands there. */
function live(step: Step, [section, at]: readonly [number, number], text: string): string {
  if (step.kind !== 'command' && step.kind !== 'event' && step.kind !== 'ask') return text
  const line = step.kind === 'command' ? ` line="${encodeURIComponent(step.line)}"` : ''
  return `<LiveStep :section="${section}" :step="${at}"${line}>\n\n${text}\n\n</LiveStep>`
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
    `[${OPEN[language].lesson}](${playgroundLink(language, `lesson/${id}`)}){:target="_self"}`,
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
