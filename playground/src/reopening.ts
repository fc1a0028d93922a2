import type { Deed, Place } from '../../src/course/deed.js'
import { Session } from './session.js'

/** Where a learner begins. */
const FIRST: Place = { kind: 'chapter', number: 1, version: 'v1.35' }

/** Is there while a tab replays the kept session: one that hung must not do so again in the next tab. */
const REPLAYING = 'simcluster-replaying'
/** A tab renews its mark at most this often, in ms. */
const RENEWED = 500
/** A mark that has not been renewed for so long is that of a tab that hangs, in ms. */
const HANGS = 10_000

/** Which tab replays the kept session, and when it last went on (ms since 1970). */
interface Mark {
  readonly tab: string
  readonly time: number
}

/** A session that opens with the page. */
export interface Reopened {
  readonly session: Session
  /** `anew` if what is kept cannot be done again: it stays until something is done in the new session. */
  readonly from: 'nothing' | 'kept' | 'anew'
}

/**
 * Replays the session that this browser keeps. Waits while another tab that goes on does the same; if that
 * tab hangs, or the replay fails, which a new version may cause, the session is new.
 */
export async function reopened(deed: Deed | undefined): Promise<Reopened> {
  // a browser that keeps nothing has no session either
  if (deed === undefined) return { session: await firstSession(), from: 'nothing' }
  for (let mark = readMark(); mark !== undefined; mark = readMark()) {
    if (Date.now() - mark.time > HANGS) return { session: await firstSession(), from: 'anew' }
    await new Promise((resolve) => setTimeout(resolve, RENEWED))
  }
  const session = await replayedWithMark(deed)
  return session === undefined ? { session: await firstSession(), from: 'anew' } : { session, from: 'kept' }
}

/** Does again what was done; undefined if that fails. `goesOn` is called at each step of that. */
export const replayed = (deed: Deed | undefined, goesOn?: () => void): Promise<Session | undefined> =>
  deed === undefined ? firstSession() : Session.replay(deed, goesOn).catch(() => undefined)

export const firstSession = (): Promise<Session> => Session.open(FIRST)

/** Forgets that a replay hung: what hung is not kept any more. */
export function forgetHanging(): void {
  localStorage.removeItem(REPLAYING)
}

async function replayedWithMark(deed: Deed): Promise<Session | undefined> {
  const tab = crypto.getRandomValues(new Uint32Array(2)).join('-')
  let time = 0
  const renew = (): void => {
    if (Date.now() - time < RENEWED) return
    time = Date.now()
    localStorage.setItem(REPLAYING, JSON.stringify({ tab, time } satisfies Mark))
  }
  // tabs that began at once have one mark: it goes with the tab that wrote it last
  const remove = (): void => {
    if (readMark()?.tab === tab) localStorage.removeItem(REPLAYING)
  }
  renew()
  addEventListener('pagehide', remove)
  try {
    return await replayed(deed, renew)
  } finally {
    removeEventListener('pagehide', remove)
    remove()
  }
}

function readMark(): Mark | undefined {
  const text = localStorage.getItem(REPLAYING)
  if (text === null) return undefined
  try {
    const { tab, time } = JSON.parse(text) as Partial<Mark>
    return { tab: String(tab), time: Number(time) || 0 }
  } catch {
    return { tab: '', time: 0 }
  }
}
