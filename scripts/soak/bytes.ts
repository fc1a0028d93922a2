import { transferBytes } from '../../test/server/large-streams.js'

/** Bytes that are sent to a container. */
const SIZE = 200 * 1024 * 1024
/** Longest time, in ms, for which other clients may wait, and times the data that memory may take. */
const MOST_BLOCKED = 50
const MOST_MEMORY = 3

/**
 * Sends 200 MB to a container and reads them back through cat, dd, tar and base64: each program blocks other
 * clients for at most 50 ms at a time, and memory stays below three times the data.
 */
export async function bytes(): Promise<string> {
  const { md5, transfers, memory } = await transferBytes(SIZE)
  const wrong = transfers.slice(1).filter((one) => one.md5 !== md5)
  if (wrong.length > 0) throw new Error(`other bytes: ${wrong.map(({ program }) => program).join(', ')}`)
  const slow = transfers.filter(({ blocked }) => blocked > MOST_BLOCKED)
  if (slow.length > 0)
    throw new Error(
      `blocked for more than ${MOST_BLOCKED} ms: ` +
        slow.map(({ program, blocked }) => `${program}: ${Math.round(blocked)} ms`).join(', '),
    )
  if (memory > MOST_MEMORY * SIZE) throw new Error(`${memory} bytes of memory for ${SIZE}`)
  return `200 MB through ${transfers.length} programs, ${Math.round(memory / 2 ** 20)} MB of memory`
}
