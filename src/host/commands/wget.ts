import type { CommandCall, CommandOutput } from './command.js'
import { apart, failed, readOptions, unknownOption } from './command.js'
import { curl } from './curl.js'
import { PHRASES } from './curl-request.js'
import { lookUp } from './resolver.js'

const VALUED = [
  'O',
  'output-document',
  'T',
  'timeout',
  'header',
  'post-data',
  'ca-certificate',
  'certificate',
  'private-key',
  't',
  'tries',
]
const SWITCHES = [
  'q',
  'quiet',
  'S',
  'server-response',
  'spider',
  'no-check-certificate',
  'nv',
  'no-verbose',
  '4',
  '6',
  'c',
]
/** What follows the body in the output of curl. */
const MARK = '\n%{http_code}'

/** Exit codes of curl for what wget gives 4 (network) and 5 (TLS). */
const FAULTS: Readonly<Record<number, readonly [code: number, text: string]>> = {
  7: [4, 'failed: Connection refused.'],
  28: [4, 'failed: Connection timed out.'],
  35: [4, 'Unable to establish SSL connection.'],
  52: [4, 'No data received.'],
}

/** `wget -qO- URL` of GNU: as {@link curl} reaches it. Without `-O` the body goes to a file. */
export function wget(call: CommandCall): CommandOutput {
  const { machine } = call
  const args = call.args.flatMap((arg) => {
    const [, letters = '', rest = ''] = /^-([qSc46]*)(O.*)$/.exec(arg) ?? []
    if (rest === '') return apart([arg])
    return [
      ...Array.from(letters).map((letter) => `-${letter}`),
      '-O',
      ...(rest === 'O' ? [] : [rest.slice(1)]),
    ]
  })
  const options = readOptions(args, VALUED)
  const wrong = unknownOption(args, VALUED, SWITCHES)
  if (wrong !== undefined)
    return failed(
      `wget: unrecognized option '${wrong}'\nUsage: wget [OPTION]... [URL]...\n\n` +
        "Try `wget --help' for more options.",
      2,
    )
  const [given] = options.words
  if (given === undefined)
    return failed(
      "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.",
    )
  const url = /^https?:\/\//.test(given) ? given : `http://${given}`
  const isQuiet = options.has('q', 'quiet')
  const { origin, hostname, port, pathname } = new URL(url)
  const host = hostname.replaceAll(/[[\]]/g, '')
  const [address] = lookUp(machine, host)
  const said = (text: string): string => (isQuiet ? '' : text)
  const at = new Date(machine.cluster.now()).toISOString().replace('T', ' ').slice(0, 19)
  const open = port === '' ? (url.startsWith('https') ? '443' : '80') : port
  const begin = `--${at}--  ${origin}${pathname}\n`
  const lines = curl({ ...call, args: asCurl(url, options) })
  if (lines.code === 6)
    return {
      stderr:
        said(`${begin}Resolving ${host} (${host})... failed: Name or service not known.\n`) +
        `wget: unable to resolve host address '${host}'\n`,
      code: 4,
    }
  const place = address === host ? `${host}:${open}` : `${host} (${host})|${address ?? host}|:${open}`
  const connecting = `${begin}Connecting to ${place}... `
  if (lines.code === 60)
    return {
      stderr:
        `${said(`${connecting}connected.\n`)}ERROR: cannot verify ${host}'s certificate:\n` +
        "  Unable to locally verify the issuer's authority.\n" +
        `To connect to ${host} insecurely, use \`--no-check-certificate'.\n`,
      code: 5,
    }
  const [code = 0, text = ''] = FAULTS[lines.code ?? 0] ?? []
  if (code !== 0) return { stderr: said(`${connecting}${text}\n`), code }
  if ((lines.code ?? 0) !== 0) return { ...lines, code: 4 }
  const cut = (lines.stdout ?? '').lastIndexOf('\n')
  const body = (lines.stdout ?? '').slice(0, cut)
  const number = Number((lines.stdout ?? '').slice(cut + 1))
  const status = `${number} ${PHRASES[number] ?? ''}`.trimEnd()
  const sent = `${connecting}connected.\nHTTP request sent, awaiting response... ${status}\n`
  if (number >= 400) return { stderr: said(`${sent}${at} ERROR ${status.replace(' ', ': ')}.\n`), code: 8 }
  if (options.has('spider')) return { stderr: said(`${sent}Remote file exists.\n\n`) }
  const target = options.get('O', 'output-document') ?? (pathname.split('/').at(-1) || 'index.html')
  if (target === '-') return { stdout: body, stderr: said(`${sent}Saving to: 'STDOUT'\n\n`) }
  machine.files.write(call.path(target), body)
  return { stderr: said(`${sent}Saving to: '${target}'\n\n${at} - '${target}' saved [${body.length}]\n\n`) }
}

/** The same request in the words of curl. */
function asCurl(url: string, options: ReturnType<typeof readOptions>): readonly string[] {
  const one = (flag: string, ...names: string[]): readonly string[] => {
    const value = options.get(...names)
    return value === undefined ? [] : [flag, value]
  }
  return [
    '-s',
    ...['-w', MARK],
    ...(options.has('no-check-certificate') ? ['-k'] : []),
    ...one('--cacert', 'ca-certificate'),
    ...one('--cert', 'certificate'),
    ...one('--key', 'private-key'),
    ...one('-d', 'post-data'),
    ...one('--connect-timeout', 'T', 'timeout'),
    ...options.all('header').flatMap((header) => ['-H', header]),
    url,
  ]
}
