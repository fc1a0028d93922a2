import { expect, test } from 'vitest'
import { Session } from '../src/session.js'
import { watchProgram } from '../src/terminal/watch-program.js'

const LABEL = "kubectl get nodes -o jsonpath='{.items[*].metadata.labels.step}'"

/** What a line shows of a label that is `a`, `bc`, `bd`, and once more `bd`. */
async function runsOf(
  line: string,
): Promise<readonly { readonly screen: string; readonly isLast: boolean }[]> {
  const { perform, host } = await opened()
  const program = watchProgram(line)
  if (program === undefined) throw new Error(`this is nothing to watch: ${line}`)
  const runs = []
  for (const step of ['a', 'bc', 'bd', 'bd']) {
    await perform(`kubectl label node node-1 step=${step} --overwrite`)
    runs.push(await program.run(host(), 80))
  }
  return runs
}

async function opened(): Promise<{
  readonly perform: (line: string) => Promise<unknown>
  readonly host: () => Session['host']
}> {
  const session = await Session.open({ kind: 'free', nodes: 1, seed: 1 })
  return { perform: (line) => session.perform({ do: 'type', line }), host: () => session.host }
}

const screensOf = async (line: string): Promise<readonly string[]> =>
  (await runsOf(line)).map(({ screen }) => screen)

const reverse = (text: string): string => text.replaceAll(/./g, '\u001b[7m$&\u001b[27m')

test('watch -d shows in reverse video what has changed since the last run, or ever', async () => {
  expect(await screensOf(`watch -t ${LABEL}`)).toEqual(['a', 'bc', 'bd', 'bd'])
  expect(await screensOf(`watch -td ${LABEL}`)).toEqual(['a', reverse('bc'), `b${reverse('d')}`, 'bd'])
  expect(await screensOf(`watch -t --differences=permanent ${LABEL}`)).toEqual([
    'a',
    reverse('bc'),
    reverse('bd'),
    reverse('bd'),
  ])
})

test('watch -g ends when something else is printed', async () => {
  const ends = (await runsOf(`watch -g ${LABEL}`)).map(({ isLast }) => isLast)
  expect(ends).toEqual([false, true, true, false])
})

test('the flags of watch are read as getopt reads them, up to the command', () => {
  const seconds = (line: string): number | undefined => watchProgram(line)?.seconds
  for (const line of [
    'watch -n5 kubectl get pods',
    'watch -dn 5 kubectl get pods',
    'watch --interval=5 -t kubectl get pods',
    'watch --interval 5 --differences "kubectl get pods | grep web"',
  ])
    expect({ line, seconds: seconds(line) }).toEqual({ line, seconds: 5 })
  expect(seconds('watch -n 0.01 kubectl top nodes')).toBe(0.1)
  // these do something, or belong to a shell: the machine itself runs them
  for (const line of [
    'watch kubectl delete pods --all',
    'watch kubectl get pods | grep web',
    'watch "kubectl get pods; reboot"',
    'watch -x kubectl get pods',
    'watch -n five kubectl get pods',
    'watching kubectl get pods',
  ])
    expect({ line, seconds: seconds(line) }).toEqual({ line, seconds: undefined })
})
