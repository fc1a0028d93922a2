/** What a learner may say to the course itself, in either language, instead of typing a command. */
const SPOKEN = {
  help: ['help', '도움말'],
  hint: ['hint', '힌트'],
  check: ['check', '확인'],
  back: ['back', '되돌리기', '뒤로'],
  where: ['where', '어디'],
  solution: ['solution', '풀이'],
  show: ['show', '보기'],
  skip: ['s', 'skip', '건너뛰기'],
  quit: ['q', 'quit', '끝', '끝내기'],
  task: ['task', '문제'],
  next: ['next', '다음'],
  tasks: ['tasks', '목록'],
  flag: ['flag', '표시'],
  time: ['time', '시간'],
  finish: ['finish', '제출'],
} as const

/** A thing that can be said. */
export type SpokenWord = keyof typeof SPOKEN

/** Returns which of these words a line is, with what stands behind it; undefined for a command. */
export function spoken<W extends SpokenWord>(
  line: string,
  words: readonly W[],
): { readonly word: W; readonly argument: string } | undefined {
  const [first = '', argument = '', ...more] = line.trim().split(/\s+/)
  if (more.length > 0) return undefined
  const word = words.find((each) => (SPOKEN[each] as readonly string[]).includes(first))
  return word === undefined || (argument !== '' && word !== 'task' && word !== 'show')
    ? undefined
    : { word, argument }
}
