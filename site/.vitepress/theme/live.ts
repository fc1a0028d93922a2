/** What a step that runs on the page has printed, and a picture if the cluster looks different now. */
export interface LiveResult {
  readonly output: string
  readonly picture: string | undefined
}

/** A chapter that is played on its page: `LiveChapter` of the playground. */
interface LiveChapter {
  run(section: number, step: number, line?: string): Promise<LiveResult>
}

interface Live {
  readonly LiveChapter: { open(number: number, language: 'ko' | 'en'): Promise<LiveChapter> }
}

/** The chapters that this tab plays, by the page. */
const open = new Map<string, Promise<LiveChapter>>()

/** Opens the chapter of a page, `ko/course/3.md`, once. The simulator is loaded with the first step. */
export function chapterOfPage(code: string, page: string): Promise<LiveChapter> {
  let chapter = open.get(page)
  if (chapter === undefined) open.set(page, (chapter = load(code, page)))
  return chapter
}

async function load(code: string, page: string): Promise<LiveChapter> {
  const [, korean, number = ''] = /^(ko\/)?course\/(\d+)\.md$/.exec(page) ?? []
  const { LiveChapter } = (await import(/* @vite-ignore */ code)) as Live
  return LiveChapter.open(Number(number), korean === undefined ? 'en' : 'ko')
}

export const WORDS = {
  ko: {
    run: '▶ 여기서 실행',
    again: '▶ 다시 실행',
    running: '실행 중 …',
    done: '실행했습니다. 출력은 없습니다.',
    command: '명령',
    output: '출력',
    picture: '지금의 클러스터',
  },
  en: {
    run: '▶ Run here',
    again: '▶ Run again',
    running: 'running …',
    done: 'Done. It printed nothing.',
    command: 'Command',
    output: 'Output',
    picture: 'The cluster now',
  },
} as const
