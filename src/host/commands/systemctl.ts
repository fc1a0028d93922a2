import type { HostMachine } from '../machine/host-machine.js'
import { BOOTSTRAP_CONFIG, startKubelet, stopKubelet } from '../machine/sync-node.js'
import { bootstrapKubelet } from '../machine/tls-bootstrap.js'
import type { UnitState } from '../machine/state.js'
import { systemdAge, systemdTime } from '../machine/texts.js'
import { dropInFolders, unitFile } from '../machine/unit-files.js'
import type { CommandCall, CommandOutput } from './command.js'
import { failed, readOptions } from './command.js'

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  kubelet: 'kubelet: The Kubernetes Node Agent',
  containerd: 'containerd container runtime',
}

const MANUALS: Readonly<Record<string, string>> = {
  kubelet: 'https://kubernetes.io/docs/',
  containerd: 'https://containerd.io',
}

/** Longest wait, in ms, for a kubelet that has a token but no certificate yet. */
const BOOTSTRAP_WAIT = 60_000

/** systemd's services: the kubelet and the container runtime. */
export function systemctl({ args, machine }: CommandCall): CommandOutput {
  const {
    words: [verb = 'list-units', ...names],
    get,
    all,
    has,
  } = readOptions(args, ['n', 'lines', 'o', 'output', 't', 'type', 'p', 'property', 's', 'signal', 'state'])
  if (verb === 'daemon-reload' || verb === 'daemon-reexec') return {}
  if (verb === 'list-units')
    return listUnits(machine, has('failed') ? 'failed' : get('state'), has('a', 'all'))
  if (verb === 'list-unit-files') return listUnitFiles(machine)
  if (verb === 'is-system-running') return { stdout: 'running\n' }
  if (verb === 'edit')
    return failed(
      'systemctl: this terminal has no screen for an editor. Write a drop-in instead: ' +
        `cat > /etc/systemd/system/${names[0] ?? 'kubelet'}.service.d/override.conf <<'EOF', then ` +
        'systemctl daemon-reload',
    )
  if (names.length === 0) return failed('Too few arguments.')
  let output: CommandOutput = {}
  for (const given of names) {
    const name =
      given.replace(/\.service$/, '') === 'docker' && machine.state.units.has('docker')
        ? 'docker'
        : given.replace(/\.service$/, '')
    const one =
      machine.unit(name) === undefined
        ? unknown(verb, name)
        : verb === 'show'
          ? show(
              name,
              machine,
              all('p', 'property').flatMap((text) => text.split(',')),
              has('value'),
            )
          : act(verb, name, machine, has('now'))
    output = {
      stdout: (output.stdout ?? '') + (one.stdout ?? ''),
      stderr: (output.stderr ?? '') + (one.stderr ?? ''),
      code: one.code ?? output.code ?? 0,
    }
  }
  return output
}

/** The drop-ins of a unit by folder. */
const dropIns = (name: string, { files }: HostMachine): readonly (readonly [string, readonly string[]])[] =>
  dropInFolders(name).flatMap((folder) => {
    const names = files.stat(folder)?.kind === 'directory' ? files.list(folder).toSorted() : []
    return names.length === 0 ? [] : [[folder, names] as const]
  })

/** The files of a unit, each below its path: that of its package, and those in its folders of drop-ins. */
function shownFiles(name: string, machine: HostMachine): CommandOutput {
  const paths = [
    unitFile(name),
    ...dropIns(name, machine).flatMap(([folder, names]) => names.map((each) => `${folder}/${each}`)),
  ]
  return { stdout: paths.map((path) => `# ${path}\n${machine.files.text(path) ?? ''}`).join('\n') }
}

function unknown(verb: string, name: string): CommandOutput {
  if (verb === 'cat') return failed(`No files found for ${name}.service.`)
  if (verb === 'status') return failed(`Unit ${name}.service could not be found.`, 4)
  if (verb === 'is-active') return { stdout: 'inactive\n', code: 3 }
  return failed(`Failed to ${verb} ${name}.service: Unit ${name}.service not found.`, 5)
}

/** `enabled`, or `disabled`, as `systemctl is-enabled` says. */
const enablement = (unit: UnitState | undefined): string => (unit?.disabled === true ? 'disabled' : 'enabled')

/** Makes or removes the link by which a unit starts with the machine. Source: systemd install.c. */
function setEnabled(name: string, machine: HostMachine, isEnabled: boolean): CommandOutput {
  const unit = machine.unit(name)
  if (unit === undefined || isEnabled === (unit.disabled !== true)) return {}
  const link = `/etc/systemd/system/multi-user.target.wants/${name}.service`
  if (isEnabled) delete unit.disabled
  else unit.disabled = true
  return { stderr: isEnabled ? `Created symlink ${link} → ${unitFile(name)}.\n` : `Removed "${link}".\n` }
}

function act(verb: string, name: string, machine: HostMachine, now = false): CommandOutput {
  const unit = machine.unit(name)
  const isKubelet = name === 'kubelet'
  if (verb === 'status') return status(name, machine)
  if (verb === 'cat') return shownFiles(name, machine)
  if (verb === 'is-active')
    return unit?.state === 'active'
      ? { stdout: 'active\n' }
      : { stdout: unit?.state === 'failed' ? 'activating\n' : 'inactive\n', code: 3 }
  if (verb === 'is-enabled') return { stdout: `${enablement(unit)}\n`, code: unit?.disabled === true ? 1 : 0 }
  if (verb === 'enable' || verb === 'disable') {
    const set = setEnabled(name, machine, verb === 'enable')
    if (!now) return set
    const acted = act(verb === 'enable' ? 'start' : 'stop', name, machine)
    return { ...acted, stderr: (set.stderr ?? '') + (acted.stderr ?? '') }
  }
  if (verb === 'unmask' || verb === 'reset-failed') return {}
  if (!['start', 'stop', 'restart', 'reload-or-restart', 'try-restart', 'kill'].includes(verb))
    return failed(`Unknown command verb '${verb}'.`)
  if (!isKubelet) return actOnRuntime(verb, name, machine)
  if (verb === 'stop' || verb === 'kill') stopKubelet(machine)
  else if (verb !== 'start') {
    stopKubelet(machine)
    startKubelet(machine)
  } else if (unit?.state !== 'active') startKubelet(machine)
  machine.cluster.advance(0) // the first lines of the new process are in the journal at once
  machine.hosts.sync()
  if (
    verb !== 'stop' &&
    machine.node?.kubelet.state === 'restarting' &&
    machine.files.text(BOOTSTRAP_CONFIG) !== undefined &&
    bootstrapKubelet(machine, BOOTSTRAP_WAIT)
  )
    startKubelet(machine)
  return {}
}

/** Stops or starts the container runtime. Its containers go on; the kubelet cannot work on them meanwhile. */
function actOnRuntime(verb: string, name: string, machine: HostMachine): CommandOutput {
  const unit = machine.unit(name)
  if (unit === undefined) return {}
  const description = DESCRIPTIONS[name] ?? name
  const wasActive = unit.state === 'active'
  const stops = verb !== 'start'
  const starts = verb !== 'stop' && verb !== 'kill'
  if (stops && wasActive) machine.journal('systemd', `Stopped ${name}.service - ${description}.`)
  if (starts && (stops || !wasActive)) {
    machine.journal('systemd', `Started ${name}.service - ${description}.`)
    unit.pid += 17
  }
  if (starts === wasActive && !(starts && stops)) return {}
  unit.state = starts ? 'active' : 'inactive'
  unit.since = machine.cluster.now()
  machine.node?.machine.setServiceRunning(starts)
  machine.cluster.advance(0)
  machine.hosts.sync()
  return {}
}

/** What systemd does when the machine boots: it starts the units that are enabled, and no other. */
export function startUnits(machine: HostMachine): void {
  for (const name of machine.state.units.keys()) {
    const unit = machine.unit(name)
    const isWanted = unit?.disabled !== true
    if (name === 'kubelet') {
      if (!isWanted) stopKubelet(machine)
      else if (unit?.state !== 'active') startKubelet(machine)
    } else actOnRuntime(isWanted ? 'start' : 'stop', name, machine)
  }
}

/** Ends containerd as a signal does: systemd starts it again at once, and containers go on meanwhile. */
export function killRuntime(machine: HostMachine, signal: number, signalName: string): void {
  machine.journalKilled('containerd', signal, signalName)
  actOnRuntime('stop', 'containerd', machine)
  actOnRuntime('start', 'containerd', machine)
}

function status(name: string, machine: HostMachine): CommandOutput {
  const unit = machine.unit(name)
  if (unit === undefined) return failed(`Unit ${name}.service could not be found.`, 4)
  const ago = `${systemdTime(unit.since)}; ${systemdAge(machine.cluster.now() - unit.since)} ago`
  const { killedBy } = unit
  const result = killedBy === undefined ? 'exit-code' : 'signal'
  const ended =
    killedBy === undefined ? '(code=exited, status=1/FAILURE)' : `(code=killed, signal=${killedBy})`
  const states = {
    active: `active (running) since ${ago}`,
    inactive: `inactive (dead) since ${ago}`,
    failed: `activating (auto-restart) (Result: ${result}) since ${ago}`,
  }
  const pid =
    unit.state === 'active'
      ? `   Main PID: ${unit.pid} (${name})\n`
      : unit.state === 'failed'
        ? `    Process: ${unit.pid} ExecStart=/usr/bin/${name} ${ended}\n   Main PID: ${unit.pid} ${ended}\n`
        : ''
  const dropIn = dropIns(name, machine)
    .map(([folder, names]) => `${folder}\n             └─${names.join(', ')}\n`)
    .join('             ')
  const dropInLines = dropIn === '' ? '' : `    Drop-In: ${dropIn}`
  const manual = MANUALS[name]
  const lines = machine.journalLines(name).slice(-10)
  const stdout =
    `${unit.state === 'active' ? '●' : unit.state === 'failed' ? '●' : '○'} ${name}.service - ` +
    `${DESCRIPTIONS[name] ?? name}\n` +
    `     Loaded: loaded (/usr/lib/systemd/system/${name}.service; ${enablement(unit)}; preset: ` +
    `enabled)\n${dropInLines}     Active: ${states[unit.state]}\n` +
    `${manual === undefined ? '' : `       Docs: ${manual}\n`}${pid}` +
    (lines.length === 0 ? '' : `\n${lines.join('\n')}\n`)
  return { stdout, code: unit.state === 'active' ? 0 : 3 }
}

/** ACTIVE and SUB of `systemctl list-units` by state; `inactive dead` for any other state. */
const LISTED_STATES: Readonly<Record<string, string>> = {
  active: 'active    running     ',
  failed: 'activating auto-restart',
}

/** `systemctl show`: properties of a unit, those of `-p` or all that are known. Source: systemd.unit(5). */
function show(name: string, machine: HostMachine, wanted: readonly string[], isBare: boolean): CommandOutput {
  const unit = machine.unit(name)
  const state = unit?.state ?? 'inactive'
  const isActive = state === 'active'
  const lines = [unitFile(name), ...dropInPaths(name, machine)].flatMap((path) =>
    (machine.files.text(path) ?? '').split('\n'),
  )
  const last = (key: string): string =>
    lines.findLast((each) => each.startsWith(`${key}=`) && !each.endsWith('='))?.slice(key.length + 1) ?? ''
  const properties: Readonly<Record<string, string>> = {
    Type: last('Type') || 'simple',
    Restart: last('Restart') || 'no',
    MainPID: isActive ? String(unit?.pid ?? 0) : '0',
    ExecStart: last('ExecStart'),
    Id: `${name}.service`,
    Description: DESCRIPTIONS[name] ?? name,
    LoadState: 'loaded',
    ActiveState: isActive ? 'active' : state === 'failed' ? 'activating' : 'inactive',
    SubState: isActive ? 'running' : state === 'failed' ? 'auto-restart' : 'dead',
    FragmentPath: unitFile(name),
    DropInPaths: dropInPaths(name, machine).join(' '),
    UnitFileState: enablement(unit),
    ActiveEnterTimestamp: isActive ? systemdTime(unit?.since ?? 0) : '',
  }
  const shown = wanted.length === 0 ? Object.keys(properties) : wanted
  return {
    stdout: shown
      .filter((key) => Object.hasOwn(properties, key))
      .map((key) => `${isBare ? '' : `${key}=`}${properties[key] ?? ''}\n`)
      .join(''),
  }
}

const dropInPaths = (name: string, machine: HostMachine): readonly string[] =>
  dropIns(name, machine).flatMap(([folder, names]) => names.map((each) => `${folder}/${each}`))

function listUnitFiles(machine: HostMachine): CommandOutput {
  const rows = [...machine.state.units.keys()].toSorted()
  const lines = rows
    .map((name) => `${`${name}.service`.padEnd(20)} ${enablement(machine.unit(name)).padEnd(8)} enabled\n`)
    .join('')
  return {
    stdout: `${'UNIT FILE'.padEnd(20)} STATE    PRESET\n${lines}\n${rows.length} unit files listed.\n`,
  }
}

function listUnits(machine: HostMachine, wanted: string | undefined, isAll: boolean): CommandOutput {
  const isShown = (name: string): boolean => {
    const state = machine.unit(name)?.state
    if (wanted === undefined) return isAll || state !== 'inactive'
    return wanted.split(',').some((each) => each === state || (each === 'running' && state === 'active'))
  }
  const rows = [...machine.state.units.keys()].filter(isShown).map((name) => {
    const state = machine.unit(name)?.state
    const shown = LISTED_STATES[state ?? ''] ?? 'inactive  dead        '
    return `  ${`${name}.service`.padEnd(22)} loaded ${shown} ${DESCRIPTIONS[name] ?? name}\n`
  })
  return { stdout: `  UNIT                   LOAD   ACTIVE    SUB         DESCRIPTION\n${rows.join('')}` }
}
