import type { Call, Command } from '../call.js'
import { KubectlError } from '../errors.js'
import { printYaml } from '../print/yaml.js'
import { minorOf } from '../release.js'

/** What is not simulated of a build; every version shows the same. */
const BUILD = {
  gitCommit: '0000000000000000000000000000000000000000',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.25.7',
  compiler: 'gc',
  platform: 'linux/amd64',
} as const

/** `v1.35` as `v1.35.0`. */
const gitVersion = (version: string): string => (/^v?1\.\d+$/.test(version) ? `${version}.0` : version)

const infoOf = (version: string): Readonly<Record<string, string>> => ({
  major: '1',
  minor: String(minorOf(version)),
  gitVersion: gitVersion(version),
  ...BUILD,
})

/** Servers since 1.31 also say what they emulate, and since 1.34 the oldest version that they are compatible with. */
function serverInfoOf(version: string): Readonly<Record<string, string>> {
  const minor = minorOf(version)
  const { major, minor: shown, ...rest } = infoOf(version) as Record<'major' | 'minor', string>
  const emulation =
    minor < 31
      ? {}
      : {
          emulationMajor: '1',
          emulationMinor: String(minor),
          minCompatibilityMajor: '1',
          minCompatibilityMinor: String(minor - 1),
        }
  return { major, minor: shown, ...emulation, ...rest }
}

/** `kubectl version` */
export const version: Command = {
  name: 'version',
  flags: ({ shortVersion }) => (shortVersion ? [] : [{ name: 'short', type: 'bool', value: 'false' }]),
  run(call) {
    const { clientVersion = call.env.version } = call.env
    const server = call.flags.bool('client') ? undefined : call.env.version
    const format = call.flags.string('output')
    if (format !== '') printStructured(call, clientVersion, server, format)
    else printText(call, clientVersion, server)
    if (server !== undefined) warnOfSkew(call, minorOf(clientVersion), minorOf(server))
  },
}

function printStructured(call: Call, client: string, server: string | undefined, format: string): void {
  const value = {
    clientVersion: infoOf(client),
    kustomizeVersion: call.release.kustomize,
    ...(server === undefined ? {} : { serverVersion: serverInfoOf(server) }),
  }
  if (format === 'json') call.out.line(JSON.stringify(value, null, 2))
  else if (format === 'yaml') call.out.write(printYaml(value))
  else throw new KubectlError("--output must be 'yaml' or 'json'")
}

function printText(call: Call, client: string, server: string | undefined): void {
  if (call.release.shortVersion || call.flags.bool('short')) {
    call.out.line(`Client Version: ${gitVersion(client)}`)
    if (call.release.minor >= 24) call.out.line(`Kustomize Version: ${call.release.kustomize}`)
    if (server !== undefined) call.out.line(`Server Version: ${gitVersion(server)}`)
    return
  }
  call.out.line(`Client Version: ${goDump(client)}`)
  if (server !== undefined) call.out.line(`Server Version: ${goDump(server)}`)
}

function goDump(text: string): string {
  const fields = Object.entries(infoOf(text)).map(
    ([name, value]) => `${name.charAt(0).toUpperCase()}${name.slice(1)}:${JSON.stringify(value)}`,
  )
  return `version.Info{${fields.join(', ')}}`
}

function warnOfSkew(call: Call, client: number, server: number): void {
  if (call.release.minor < 22 || Math.abs(client - server) <= 1) return
  call.out.errorLine(
    `WARNING: version difference between client (1.${client}) and server (1.${server}) `
      + 'exceeds the supported minor version skew of +/-1',
  )
}
