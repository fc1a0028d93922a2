/** A line of a container's log, or the beginning of an unfinished one. Plain data. */
export interface ContainerLogLine {
  /** Virtual ms of its beginning. */
  readonly at: number
  readonly stream: 'stdout' | 'stderr'
  text: string
}

/** The output of a container. The oldest lines are dropped when there are too many. Plain data. */
export interface ContainerLog {
  readonly lines: ContainerLogLine[]
  /** Number of dropped lines. */
  dropped: number
  /** Characters in all lines. */
  size: number
}

/** Position of a reader: the line's number since the beginning, and how much of it was read. */
export interface LogPosition {
  line: number
  offset: number
}

/** Options of `kubectl logs`. */
export interface LogSelection {
  readonly tailLines?: number
  /** Virtual ms. */
  readonly since?: number
}

const MOST_LINES = 20_000
const LARGEST = 2 * 1024 * 1024
/** An unfinished line is cut at this length, as the runtime does. */
const LONGEST_LINE = 16 * 1024

/** An empty log. */
export function newLog(): ContainerLog {
  return { lines: [], dropped: 0, size: 0 }
}

/** Appends output of any number of lines. */
export function appendLog(log: ContainerLog, now: number, stream: 'stdout' | 'stderr', text: string): void {
  for (const line of text.split(/(?<=\n)/))
    for (let at = 0; at < line.length; at += LONGEST_LINE)
      append(log, now, stream, line.slice(at, at + LONGEST_LINE))
  let excess = 0
  let size = log.size
  while (log.lines.length - excess > MOST_LINES || (size > LARGEST && excess < log.lines.length - 1))
    size -= log.lines[excess++]?.text.length ?? 0
  if (excess === 0) return
  // drops a tenth more than necessary, so that not every new line moves all others
  excess = Math.min(excess + Math.ceil((log.lines.length - excess) / 10), log.lines.length - 1)
  for (const { text } of log.lines.splice(0, excess)) log.size -= text.length
  log.dropped += excess
}

function append(log: ContainerLog, now: number, stream: 'stdout' | 'stderr', piece: string): void {
  const last = log.lines.at(-1)
  if (last?.stream === stream && !last.text.endsWith('\n') && last.text.length < LONGEST_LINE)
    last.text += piece
  else log.lines.push({ at: now, stream, text: piece })
  log.size += piece.length
}

/** Position at which a reader begins. */
export function startOfLog(log: ContainerLog, { tailLines, since }: LogSelection): LogPosition {
  let first = 0
  if (since !== undefined) {
    first = log.lines.findIndex(({ at }) => at >= since)
    if (first < 0) first = log.lines.length
  }
  if (tailLines !== undefined) first = Math.max(first, log.lines.length - tailLines)
  return { line: log.dropped + first, offset: 0 }
}

/** Reads what was written since `position`, and advances it. */
export function readLog(
  log: ContainerLog,
  position: LogPosition,
): readonly { readonly line: ContainerLogLine; readonly text: string; readonly isStart: boolean }[] {
  if (position.line < log.dropped) Object.assign(position, { line: log.dropped, offset: 0 })
  const read: { line: ContainerLogLine; text: string; isStart: boolean }[] = []
  for (
    let line = log.lines[position.line - log.dropped];
    line !== undefined;
    line = log.lines[position.line - log.dropped]
  ) {
    const isWhole = line.text.endsWith('\n') || position.line - log.dropped < log.lines.length - 1
    const text = line.text.slice(position.offset)
    if (text !== '') read.push({ line, text, isStart: position.offset === 0 })
    if (!isWhole) {
      position.offset = line.text.length
      break
    }
    position.line++
    position.offset = 0
  }
  return read
}

/**
 * The end of the log for termination messages: 80 lines or 2 KiB. Source: kuberuntime_container.go
 * readLastStringFromContainerLogs.
 */
export function logTail(lines: readonly string[]): string {
  return lines.slice(-80).join('').slice(-2048)
}
