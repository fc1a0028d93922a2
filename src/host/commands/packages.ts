import { isSupported, release } from '../../api/releases.js'
import { byText } from '../../lang/text/order.js'
import { minorOf } from '../../cluster/kubeadm/images.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, joined, readOptions } from './command.js'

/** `apt-get install -y kubeadm=1.35.1-1.1`: installs Kubernetes packages in any version. */
export function aptGet({ args, machine }: CommandCall): CommandOutput {
  const {
    words: [verb = '', ...names],
    has,
  } = readOptions(args, ['o', 't'])
  if (verb === 'update') {
    return { stdout: `Hit:1 ${repositoryOf(machine).url}  InRelease\nReading package lists... Done\n` }
  }
  if (verb === 'list') return listed(machine, has('installed'), names)
  if (verb === 'remove' || verb === 'purge' || verb === 'autoremove')
    return failed(`${verb}: packages of a simulated machine stay; stop the service instead`, 100)
  if (verb !== 'install' && verb !== 'upgrade') return failed(`E: Invalid operation ${verb}`, 100)
  const { packages } = machine.state
  let stdout =
    'Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n'
  const wanted: (readonly [name: string, version: string])[] = []
  for (const each of names) {
    const [name = '', version = ''] = each.split('=')
    const known = packages.get(name)
    if (known === undefined) return { stdout, stderr: `E: Unable to locate package ${name}\n`, code: 100 }
    const [, release] = /^(1\.\d+\.\d+)(?:-[\w.~*]+)?\*?$/.exec(version) ?? []
    if (version !== '' && release === undefined)
      return { stdout, stderr: `E: Version '${version}' for '${name}' was not found\n`, code: 100 }
    if (release === undefined || release === known.version)
      stdout += `${name} is already the newest version (${known.version}${revision(known.version)}).\n`
    else if (
      known.held &&
      verb === 'install' &&
      !has('allow-change-held-packages') &&
      !isOldApt(machine.hosts.version)
    ) {
      return {
        stdout: `${stdout}The following held packages will be changed:\n  ${name}\n`,
        stderr: 'E: Held packages were changed and -y was used without --allow-change-held-packages.\n',
        code: 100,
      }
    } else wanted.push([name, release])
  }
  for (const [name, version] of wanted) {
    const known = packages.get(name)
    if (known === undefined) continue
    stdout +=
      `Unpacking ${name} (${version}${revision(version)}) over ` +
      `(${known.version}${revision(known.version)}) ...\nSetting up ${name} ` +
      `(${version}${revision(version)}) ...\n`
    known.version = version
    if (name === 'kubelet') machine.node?.kubelet.install(`v${version}`)
  }
  return {
    stdout: `${stdout}${wanted.length} upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n`,
  }
}

/**
 * Debian revision of the packages: Google's repository used another one than pkgs.k8s.io, which replaced it.
 */
const revision = (version: string): string => (minorOf(version) < 29 ? '-00' : '-1.1')

/** Whether holds are ignored: the course, which uses these versions, upgrades packages without `unhold`. */
const isOldApt = (version: string): boolean => Number(/^v1\.(\d+)/.exec(version)?.[1] ?? 99) < 20

/** `apt list [--installed] [NAME...]` */
function listed(machine: HostMachine, installed: boolean, names: readonly string[]): CommandOutput {
  const { minor } = repositoryOf(machine)
  const rows = [...machine.state.packages]
    .filter(([name]) => names.length === 0 || names.some((each) => matches(each, name)))
    .map(([name, { version }]) => {
      const latest = versionsOf(machine)[0] ?? version
      const isOld = minorOf(latest) === minorOf(version) && latest !== version
      const state = isOld && !installed ? `[upgradable from: ${full(version)}]` : '[installed]'
      const shown = isOld && !installed ? latest : version
      return `${name}/v1.${minor} ${full(shown)} amd64 ${state}\n`
    })
  return { stdout: `Listing... Done\n${rows.join('')}` }
}

/** Whether a name fits a pattern, of which only a star at its end is one. */
const matches = (pattern: string, name: string): boolean =>
  pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern

const full = (version: string): string => `${version}${revision(version)}`

/** The repository of Kubernetes' packages, and the minor that it has. */
function repositoryOf({ files, state }: HostMachine): { readonly url: string; readonly minor: number } {
  const text = files.text('/etc/apt/sources.list.d/kubernetes.list') ?? ''
  const [url = 'https://apt.kubernetes.io'] = /https:\S+(?=\/ \/)/.exec(text) ?? []
  const [, minor] = /\/v1\.(\d+)/.exec(url) ?? []
  return { url, minor: Number(minor ?? minorOf(state.packages.get('kubeadm')?.version ?? '')) }
}

/** The versions that the repository has, the newest first: all patches that the simulation knows of. */
function versionsOf(machine: HostMachine): readonly string[] {
  const { minor } = repositoryOf(machine)
  const own = [...machine.state.packages.values()].map(({ version }) => version)
  const patchOf = (version: string): number =>
    minorOf(version) === minor ? Number(/^v?\d+\.\d+\.(\d+)/.exec(version)?.[1] ?? 0) : 0
  const known = isSupported(minor) ? [release(`v1.${minor}`).gitVersion] : []
  if (known.length === 0 && !own.some((version) => minorOf(version) === minor)) return []
  const last = Math.max(...[...known, ...own].map(patchOf))
  return Array.from({ length: last + 1 }, (_, at) => `1.${minor}.${last - at}`)
}

/** `apt-cache madison NAME` and `apt-cache policy NAME`: versions of Kubernetes' packages. */
export function aptCache({ args, machine }: CommandCall): CommandOutput {
  const [verb = '', ...names] = args
  if (verb !== 'madison' && verb !== 'policy' && verb !== 'show')
    return failed(`E: Invalid operation ${verb}`, 100)
  const { url } = repositoryOf(machine)
  return joined(
    names.map((name) => {
      const known = machine.state.packages.get(name)
      if (known === undefined)
        return verb === 'madison'
          ? {}
          : failed(`N: Unable to locate package ${name}`, verb === 'policy' ? 0 : 100)
      const versions = versionsOf(machine)
      if (verb === 'madison')
        return {
          stdout: versions
            .map((each) => `${name.padStart(10)} | ${full(each)} | ${url}  Packages\n`)
            .join(''),
        }
      const [candidate = known.version] = versions
      if (verb === 'show')
        return { stdout: `Package: ${name}\nVersion: ${full(candidate)}\nArchitecture: amd64\n\n` }
      const row = (version: string): string => {
        const isOwn = version === known.version
        return (
          `${isOwn ? ' *** ' : '     '}${full(version)} 500\n        500 ${url}  Packages\n` +
          (isOwn ? '        100 /var/lib/dpkg/status\n' : '')
        )
      }
      return {
        stdout:
          `${name}:\n  Installed: ${full(known.version)}\n` +
          `  Candidate: ${full(known.held ? known.version : candidate)}\n` +
          `  Version table:\n${versions.map(row).join('')}`,
      }
    }),
  )
}

const SUMMARIES: Readonly<Record<string, string>> = {
  kubeadm: 'Command-line utility for administering a Kubernetes cluster',
  kubectl: 'Command-line utility for interacting with a Kubernetes cluster',
  kubelet: 'Node agent for Kubernetes clusters',
}

/** `dpkg -l [PATTERN...]`, `dpkg -s NAME`, `dpkg -L NAME`: the installed packages of Kubernetes. */
export function dpkg({ args, machine }: CommandCall): CommandOutput {
  const [verb = '', ...names] = args
  const { packages } = machine.state
  if (verb === '-s' || verb === '--status')
    return joined(
      names.map((name) => {
        const known = packages.get(name)
        if (known === undefined)
          return failed(
            `dpkg-query: package '${name}' is not installed and no information is available\n` +
              'Use dpkg --info (= dpkg-deb --info) to examine archive files.',
          )
        const state = `Status: ${known.held ? 'hold' : 'install'} ok installed`
        const text = `Package: ${name}\n${state}\nArchitecture: amd64\nVersion: ${full(known.version)}\n`
        return { stdout: `${text}Description: ${SUMMARIES[name] ?? name}\n` }
      }),
    )
  if (verb !== '-l' && verb !== '--list')
    return failed(`dpkg: error: only -l and -s are simulated, not ${verb === '' ? 'nothing' : verb}`, 2)
  const shown = [...packages]
    .toSorted(([a], [b]) => byText(a, b))
    .filter(([name]) => names.length === 0 || names.some((each) => matches(each, name)))
  if (shown.length === 0)
    return failed(names.map((name) => `dpkg-query: no packages found matching ${name}\n`).join(''))
  const line = ([name, { version, held }]: (typeof shown)[number]): string =>
    `${held ? 'hi' : 'ii'}  ${name.padEnd(14)} ${full(version).padEnd(12)} amd64        ` +
    `${SUMMARIES[name] ?? name}\n`
  return {
    stdout:
      'Desired=Unknown/Install/Remove/Purge/Hold\n' +
      '| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n' +
      '|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n' +
      '||/ Name           Version      Architecture Description\n' +
      '+++-==============-============-============-=================================\n' +
      shown.map(line).join(''),
  }
}

/** `apt-mark hold`, `unhold`, `showhold`. */
export function aptMark({ args, machine }: CommandCall): CommandOutput {
  const [verb = '', ...names] = args
  const { packages } = machine.state
  if (verb === 'showhold')
    return {
      stdout: [...packages]
        .filter(([, { held }]) => held)
        .map(([name]) => `${name}\n`)
        .join(''),
    }
  if (verb !== 'hold' && verb !== 'unhold') return failed(`E: Invalid operation ${verb}`, 100)
  let stdout = ''
  for (const name of names) {
    const known = packages.get(name)
    if (known === undefined) return { stdout, stderr: `E: Unable to locate package ${name}\n`, code: 100 }
    stdout +=
      known.held === (verb === 'hold')
        ? `${name} was already ${verb === 'hold' ? 'set on hold' : 'not on hold'}.\n`
        : verb === 'hold'
          ? `${name} set on hold.\n`
          : `Canceled hold on ${name}.\n`
    known.held = verb === 'hold'
  }
  return { stdout }
}
