import { parseYamlText } from '../../lang/yaml/read.js'
import type { Pod } from '../../api/core/generated.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { ComponentState } from '../machine/state.js'
import { dataFault, keepData, loadData } from '../etcd/data-directory.js'
import { GATE_SOURCE } from '../machine/texts.js'
import { applyFlags, reloadEncryption } from './apply-flags.js'
import { readManifest } from './read-manifest.js'
import type { ComponentName } from '../../cluster/kubeadm/images.js'
import { COMPONENTS } from '../../cluster/kubeadm/images.js'
import { imageTag } from '../../api/core/pods/image-name.js'
import { startLines } from '../../images/start-lines.js'
import { judgeComponent } from './judge-component.js'
import type { ProcessOutcome } from './judge-component.js'
import type { ReadManifest } from './read-manifest.js'

const FOLDER = '/etc/kubernetes/manifests'
/** Longest delay between two starts, and the first delay. */
const LONGEST_BACK_OFF = 300_000
const FIRST_BACK_OFF = 10_000
/** How long the kubelet and the apiserver take from a changed manifest to an open port. */
const APISERVER_START = 8_000

/**
 * Makes the control plane match its manifests: the kubelet reads /etc/kubernetes/manifests, starts and stops
 * containers, and each program finds its files or not. A running program does not read them again. Nothing
 * happens while the kubelet or containerd is stopped. A component that can run again does so at once, without
 * back-off.
 */
export function syncControlPlane(machine: HostMachine): void {
  if (machine.state.units.get('kubelet')?.state !== 'active') return
  if (machine.unit('containerd')?.state === 'inactive') return
  const found = readFolder(machine)
  const isFirst = machine.hosts.state.nextId === 1
  let etcd: ReadManifest | undefined
  for (const component of COMPONENTS) {
    const file = found.get(component)
    const old = machine.state.components.get(component)
    const goesOn =
      file !== undefined &&
      old?.state === 'running' &&
      old.manifest === file.text &&
      (component !== 'kube-apiserver' || etcd !== undefined)
    const verdict: ProcessOutcome | undefined =
      file === undefined
        ? undefined
        : goesOn
          ? { kind: 'runs', works: old.works, warnings: [] }
          : judgeStart(machine, component, file.manifest, etcd)
    if (component === 'etcd' && !goesOn) {
      if (old?.state === 'running') keepData(machine)
      if (works(verdict) && file !== undefined) loadData(machine, file.manifest)
    }
    apply(machine, component, file, verdict, isFirst)
    if (component === 'etcd' && verdict?.kind === 'runs') etcd = file?.manifest
    if (component === 'kube-apiserver') {
      const starts = works(verdict) && !goesOn
      if (starts && file !== undefined) applyFlags(machine, file.manifest)
      else if (goesOn) reloadEncryption(machine, file.manifest)
      setApiserver(machine, works(verdict), starts && old !== undefined)
    } else if (component !== 'etcd') setProcess(machine, component, works(verdict))
  }
}

function judgeStart(
  machine: HostMachine,
  component: ComponentName,
  manifest: ReadManifest,
  etcd: ReadManifest | undefined,
): ProcessOutcome {
  const { files, cluster, hosts } = machine
  const verdict = judgeComponent(component, manifest, {
    text: (path) => files.text(path),
    isDirectory: (path) => files.stat(path)?.kind === 'directory',
    now: cluster.now(),
    version: hosts.version,
    endpoint: cluster.pki.config.advertiseAddress,
    etcd,
  })
  // a machine of a cluster begins with the data of the etcd that runs
  const begins = hosts.state.nextId === 1 && machine.bare === undefined
  const reads = component === 'etcd' && verdict.kind === 'runs' && !begins
  const fault = reads ? dataFault(machine, manifest) : undefined
  return fault === undefined ? verdict : { kind: 'exits', words: fault }
}

const works = (verdict: ProcessOutcome | undefined): boolean => verdict?.kind === 'runs' && verdict.works

/** A manifest of a component. */
export interface FoundManifest {
  readonly text: string
  readonly manifest: ReadManifest
}

/** Reads the control plane's manifests on a machine. */
export function readFolder(machine: HostMachine): ReadonlyMap<ComponentName, FoundManifest> {
  const found = new Map<ComponentName, FoundManifest>()
  const { files, state } = machine
  const names = files.stat(FOLDER)?.kind === 'directory' ? files.list(FOLDER) : []
  for (const name of names) {
    const path = `${FOLDER}/${name}`
    const text = files.text(path)
    if (text === undefined || name.startsWith('.')) continue
    const manifest = readManifest(text)
    if (typeof manifest === 'string') {
      if (state.manifests.get(name) !== text)
        machine.log(
          'kubelet',
          'E',
          'file.go:187',
          `"Could not process manifest file" err="${path}: couldn't parse as pod(${manifest}), please ` +
            `check config file" path="${path}"`,
        )
      state.manifests.set(name, text)
    } else if (manifest.component !== undefined) {
      state.manifests.delete(name)
      found.set(manifest.component, { text, manifest })
    }
  }
  return found
}

/**
 * Updates the container of a component to its verdict. `isFirst`: it has existed since the cluster was made.
 */
function apply(
  machine: HostMachine,
  component: ComponentName,
  file: FoundManifest | undefined,
  verdict: ProcessOutcome | undefined,
  isFirst: boolean,
): void {
  const { components } = machine.state
  const old = components.get(component)
  if (file === undefined || verdict === undefined) {
    if (old !== undefined)
      machine.log(
        'kubelet',
        'I',
        'kubelet.go:2537',
        `"SyncLoop REMOVE" source="file" pods=["kube-system/${component}-${machine.name}"]`,
      )
    components.delete(component)
    showPod(machine, component, undefined)
    return
  }
  const isNewPod = old?.manifest !== file.text
  const fault = verdict.kind === 'runs' ? undefined : verdict.words
  const state = verdict.kind === 'runs' ? 'running' : verdict.kind === 'exits' ? 'exited' : 'waiting'
  if (!isNewPod && old.state === state && old.fault === fault && old.works === works(verdict)) return
  const now = machine.cluster.now()
  const next: ComponentState =
    isNewPod || old === undefined
      ? {
          manifest: file.text,
          state,
          works: works(verdict),
          image: file.manifest.image,
          id: machine.newId(),
          podId: machine.newId(),
          createdAt: isFirst ? machine.cluster.pki.config.created : now,
          attempt: 0,
        }
      : {
          ...old,
          state,
          works: works(verdict),
          id: machine.newId(),
          createdAt: now,
          attempt: restarts(old, now) + 1,
        }
  delete next.finishedAt
  delete next.exitCode
  delete next.fault
  if (fault !== undefined) next.fault = fault
  if (state === 'exited') Object.assign(next, { finishedAt: now, exitCode: 1 })
  components.set(component, next)
  // a control plane that has been a node from the beginning has these pods, and the kubelet restarts the
  // container of one that was killed
  const isRestart = !isNewPod && old?.state === 'exited' && old.fault === undefined
  if ((!isFirst || !machine.state.made) && !isRestart)
    showPod(machine, component, state === 'running' ? file.text : undefined)
  report(machine, component, file.manifest, verdict, isFirst)
}

/**
 * Shows a running component as a pod in the API, on a control plane that is a node. The results of its probes
 * are decided here.
 */
function showPod(machine: HostMachine, component: ComponentName, manifest: string | undefined): void {
  const { node } = machine
  if (node === undefined) return
  const pod = manifest === undefined ? undefined : (parseYamlText(manifest) as Pod)
  const containers = pod?.spec.containers.map(
    ({ livenessProbe: _alive, readinessProbe: _ready, startupProbe: _started, ...rest }) => rest,
  )
  const file = `${component}.yaml`
  if (pod === undefined) node.removeStaticPod(file)
  else node.staticPod(file, { ...pod, spec: { ...pod.spec, containers: containers ?? [] } })
}

function report(
  machine: HostMachine,
  component: ComponentName,
  manifest: ReadManifest,
  verdict: ProcessOutcome,
  isFirst: boolean,
): void {
  const pod = `${component}-${machine.name}_kube-system`
  if (verdict.kind === 'runs') {
    for (const { level, text } of verdict.warnings) machine.log(component, level, GATE_SOURCE, text)
    const state = machine.state.components.get(component)
    const at = state?.createdAt ?? machine.cluster.now()
    // the container that the cluster was made with has these lines of its image
    const hasPod = isFirst && machine.state.made
    if (state !== undefined && !hasPod) state.hasWholeLog = true
    for (const line of startLines(component, {
      at,
      version: imageTag(manifest.image),
      command: manifest.command,
      address: machine.address,
      leads: verdict.works,
    }))
      machine.journal(component, line, { time: at, isKept: !hasPod })
    if (verdict.words !== undefined) machine.log(component, 'E', 'leaderelection.go:441', verdict.words)
    return
  }
  if (verdict.kind === 'exits') {
    for (const line of verdict.words.split('\n')) {
      if (component === 'etcd' || line.startsWith('Error: ')) machine.journal(component, line)
      else machine.log(component, 'E', 'run.go:72', line)
    }
    machine.log(
      'kubelet',
      'E',
      'pod_workers.go:1324',
      `"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"${component}\\" with ` +
        `CrashLoopBackOff: \\"back-off 10s restarting failed container=${component} pod=${pod}\\"" ` +
        `pod="kube-system/${component}-${machine.name}"`,
    )
    return
  }
  machine.log(
    'kubelet',
    'E',
    'pod_workers.go:1324',
    `"Error syncing pod, skipping" err=${JSON.stringify(verdict.words)} ` +
      `pod="kube-system/${component}-${machine.name}"`,
  )
}

/** Whether it exits at each start; one that was killed has ended once. */
const isCrashing = ({ state, fault }: ComponentState): boolean => state === 'exited' && fault !== undefined

/**
 * How often a container that exits at once has been restarted by now: after 10 s, 20 s, 40 s, ... and then
 * every five minutes.
 */
export function restarts(component: ComponentState, now: number): number {
  const { attempt, createdAt } = component
  if (!isCrashing(component)) return attempt
  let count = attempt
  let at = createdAt
  for (let delay = FIRST_BACK_OFF; ; delay = Math.min(delay * 2, LONGEST_BACK_OFF)) {
    if (delay === LONGEST_BACK_OFF) return count + Math.floor((now - at) / delay)
    at += delay
    if (at > now) return count
    count++
  }
}

/** When the newest container of a failing component started. */
export function lastStart(component: ComponentState, now: number): number {
  if (!isCrashing(component)) return component.createdAt
  let at = component.createdAt
  let delay = FIRST_BACK_OFF
  for (
    let count = restarts(component, now) - component.attempt;
    count > 0;
    count--, delay = Math.min(delay * 2, LONGEST_BACK_OFF)
  )
    at += delay
  return at
}

/**
 * Changes the state only if the verdict on the files has changed, so that an apiserver that was stopped by
 * other means stays stopped. One whose manifest has changed is away while its new container starts.
 */
function setApiserver(machine: HostMachine, up: boolean, isReplaced: boolean): void {
  const { state, cluster } = machine.hosts
  if (!up) {
    if (state.apiserverStopped === true) return
    state.apiserverStopped = true
    cluster.apiserver.stop()
  } else if (state.apiserverStopped === true || (isReplaced && cluster.apiserver.running)) {
    delete state.apiserverStopped
    cluster.apiserver.startAfter(APISERVER_START)
  }
}

/**
 * Ends a component as a signal does. The kubelet starts it again with the next look at its containers; the
 * apiserver is away for some seconds then. Nothing happens if it does not run.
 */
export function killComponent(machine: HostMachine, component: ComponentName, exitCode: number): void {
  const state = machine.state.components.get(component)
  if (state?.state !== 'running') return
  const now = machine.cluster.now()
  if (component === 'etcd') keepData(machine)
  if (component === 'etcd' || component === 'kube-apiserver') setApiserver(machine, false, false)
  else setProcess(machine, component, false)
  Object.assign(state, { state: 'exited', works: false, finishedAt: now, exitCode })
  const pod = [...(machine.node?.machine.pods() ?? [])].find(
    ({ name, namespace }) => namespace === 'kube-system' && name === `${component}-${machine.name}`,
  )
  if (pod !== undefined) machine.node?.machine.stopContainer(pod.uid, component, 0)
}

function setProcess(machine: HostMachine, process: ComponentName, up: boolean): void {
  const { stopped } = machine.hosts.state
  if (stopped.has(process) === !up) return
  let handle
  try {
    handle = machine.cluster.process(process)
  } catch {
    return // the cluster was made without this component
  }
  if (up) {
    stopped.delete(process)
    handle.start()
  } else {
    stopped.add(process)
    handle.stop()
  }
}
