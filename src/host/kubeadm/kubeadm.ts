import { quote } from '../../lang/go/quote.js'
import type { CommandCall, CommandOutput } from '../commands/command.js'
import { failed, readOptions } from '../commands/command.js'
import { allImages, minorOf } from '../../cluster/kubeadm/images.js'
import { certs } from './certificates.js'
import { init } from './init.js'
import { join } from './join.js'
import { kubeconfig } from './kubeconfig.js'
import { reset } from './reset.js'
import { token } from './token.js'
import { upgrade } from './upgrade.js'
import { byKey } from '../../lang/text/order.js'

/** kubeadm: version, init, join, reset, upgrade, certs, kubeconfig user, token, config images list. */
export function kubeadm(call: CommandCall): CommandOutput {
  const { args, machine } = call
  const [verb = '', ...rest] = args
  switch (verb) {
    case 'version':
      return version(rest, machine.state.packages.get('kubeadm')?.version ?? '')
    case 'upgrade':
      return upgrade(rest, machine)
    case 'certs':
      return certs(rest, machine)
    case 'alpha':
      return rest[0] === 'certs'
        ? certs(rest.slice(1), machine)
        : rest[0] === 'kubeconfig'
          ? kubeconfig(rest.slice(1), machine)
          : failed(unknown(rest[0] ?? '', 'kubeadm alpha'))
    case 'kubeconfig':
      return kubeconfig(rest, machine)
    case 'token':
      return token(rest, machine)
    case 'config':
      return config(rest, machine.hosts.version)
    case 'init':
      return init({ ...call, args: rest })
    case 'join':
      return join({ ...call, args: rest })
    case 'reset':
      return reset({ ...call, args: rest })
    default:
      return failed(unknown(verb, 'kubeadm'))
  }
}

const unknown = (verb: string, command: string): string =>
  `error: unknown command ${quote(verb)} for ${quote(command)}\nTo see the stack ` +
  'trace of this error execute with --v=5 or higher'

function version(args: readonly string[], own: string): CommandOutput {
  const form = readOptions(args, ['o', 'output']).get('o', 'output')
  if (form === 'short') return { stdout: `v${own}\n` }
  const minor = String(minorOf(own))
  const info = {
    major: '1',
    minor,
    gitVersion: `v${own}`,
    gitCommit: '0000000000000000000000000000000000000000',
    gitTreeState: 'clean',
    buildDate: '2025-12-17T12:32:07Z',
    goVersion: 'go1.25.5',
    compiler: 'gc',
    platform: 'linux/amd64',
  }
  if (form === 'json') return { stdout: `${JSON.stringify({ clientVersion: info }, null, 2)}\n` }
  if (form !== undefined && form !== 'yaml')
    return failed(
      `error: invalid output format: ${form}\nTo see the stack trace of this error execute with --v=5 ` +
        'or higher',
    )
  if (form === 'yaml')
    return {
      stdout: `clientVersion:\n${Object.entries(info)
        .toSorted(byKey)
        .map(
          ([name, value]) =>
            `  ${name}: ${/^\d+$/.test(value) || name === 'buildDate' ? JSON.stringify(value) : value}\n`,
        )
        .join('')}`,
    }
  const pairs =
    `Major:"1", Minor:"${minor}", GitVersion:"v${own}", GitCommit:"${info.gitCommit}", ` +
    `GitTreeState:"clean", BuildDate:"${info.buildDate}", GoVersion:"${info.goVersion}", Compiler:"gc", ` +
    'Platform:"linux/amd64"'
  return { stdout: `kubeadm version: &version.Info{${pairs}}\n` }
}

function config([first, second, ...rest]: readonly string[], cluster: string): CommandOutput {
  const asked =
    readOptions(rest, ['kubernetes-version', 'config', 'image-repository']).get('kubernetes-version') ??
    cluster
  if (first !== 'images' || (second !== 'list' && second !== 'pull'))
    return failed(unknown(first ?? '', 'kubeadm config'))
  const images = allImages(asked.startsWith('v') ? asked : `v${asked}`)
  return {
    stdout: images
      .map((image) => (second === 'pull' ? `[config/images] Pulled ${image}\n` : `${image}\n`))
      .join(''),
  }
}
