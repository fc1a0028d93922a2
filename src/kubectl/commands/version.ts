import { quote } from '../../lang/go/quote.js'
import { buildInfo } from '../../api/build-info.js'
import { release } from '../../api/releases.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { isFailure, KubectlError } from '../call/errors.js'
import { discoveryFailure } from '../call/request-failure.js'
import { printYaml } from '../../lang/yaml/print.js'
import { responseText } from '../../client/response.js'
import { minorOf } from '../call/release.js'

/** Version information of a program: version.Info. */
type Info = Readonly<Record<string, string>>

const infoOf = (version: string): Info => ({
  major: '1',
  minor: String(minorOf(version)),
  ...buildInfo(release(version).gitVersion),
})

/** `kubectl version` */
export const version: KubectlCommand = {
  name: 'version',
  flags: ({ shortVersion }) => (shortVersion ? [] : [{ name: 'short', type: 'bool', value: 'false' }]),
  run(call) {
    const { flags, args } = call
    if (args.length > 0) throw new KubectlError(`extra arguments: [${args.join(' ')}]`)
    const format = flags.string('output')
    if (!['', 'json', 'yaml'].includes(format)) throw new KubectlError("--output must be 'yaml' or 'json'")
    const client = infoOf(clientVersionOf(call))
    const { server, failure } = flags.bool('client') ? {} : serverVersion(call)
    if (format === '') printText(call, client, server)
    else printStructured(call, client, server, format)
    if (failure !== undefined) throw failure
    if (server !== undefined)
      warnOfSkew(call, Number(client['minor']), Number.parseInt(server['minor'] ?? '', 10))
  },
}

/** Version of kubectl itself: the call's, or else the environment's, or else the server's. */
const clientVersionOf = ({ options, env }: CommandLine): string =>
  options.version ?? env.clientVersion ?? env.version

/**
 * Asks the server for its version. A failure is returned, since the client's version is printed all the same.
 */
function serverVersion(call: CommandLine): { readonly server?: Info; readonly failure?: Error } {
  if (call.env.connect === undefined) return { server: infoOf(call.env.version) }
  // fails first for a user without valid credentials
  void call.client
  try {
    return {
      server: JSON.parse(responseText(call.request({ method: 'GET', path: '/version' }), true)) as Info,
    }
  } catch (error) {
    if (isFailure(error)) return { failure: discoveryFailure(error) }
    throw error
  }
}

function printStructured(
  call: CommandLine,
  clientVersion: Info,
  serverVersion: Info | undefined,
  format: string,
): void {
  const value = {
    clientVersion,
    kustomizeVersion: call.release.kustomize,
    ...(serverVersion === undefined ? {} : { serverVersion }),
  }
  if (format === 'json') call.out.line(JSON.stringify(value, null, 2))
  else call.out.write(printYaml(value))
}

function printText(call: CommandLine, client: Info, server: Info | undefined): void {
  if (call.release.shortVersion || call.flags.bool('short')) {
    call.out.line(`Client Version: ${client['gitVersion']}`)
    if (call.release.minor >= 24) call.out.line(`Kustomize Version: ${call.release.kustomize}`)
    if (server !== undefined) call.out.line(`Server Version: ${server['gitVersion']}`)
    return
  }
  call.out.line(`Client Version: ${goDump(client)}`)
  if (server !== undefined) call.out.line(`Server Version: ${goDump(server)}`)
}

function goDump(info: Info): string {
  const fields = Object.entries(info).map(
    ([name, value]) => `${name.charAt(0).toUpperCase()}${name.slice(1)}:${quote(value)}`,
  )
  return `version.Info{${fields.join(', ')}}`
}

function warnOfSkew(call: CommandLine, client: number, server: number): void {
  if (call.release.minor < 22 || Math.abs(client - server) <= 1) return
  call.out.errorLine(
    `WARNING: version difference between client (1.${client}) and server (1.${server}) ` +
      'exceeds the supported minor version skew of +/-1',
  )
}
