import type { HostMachine } from './host-machine.js'

/** Where a line of a program's log comes from, by how it begins. */
const KUBELET_SOURCES: readonly (readonly [start: string, source: string])[] = [
  ['"Failed to ensure lease exists', 'controller.go:145'],
  ['"Error updating node status', 'kubelet_node_status.go:540'],
  ['"Unable to register node', 'kubelet_node_status.go:107'],
  ['"No valid client certificate', 'transport.go:147'],
  ['Certificate rotation detected', 'transport.go:175'],
  ['"command failed"', 'run.go:72'],
  ['part of the existing bootstrap', 'bootstrap.go:266'],
  ['unable to load TLS', 'bootstrap.go:256'],
  ['unable to read existing bootstrap', 'bootstrap.go:246'],
  ['kubernetes.io/', 'certificate_manager.go:562'],
]
const SOURCES: Readonly<Record<string, string>> = {
  kubelet: 'kubelet.go:2901',
  'kube-proxy': 'server.go:1061',
  'kube-scheduler': 'schedule_one.go:1046',
  'kube-controller-manager': 'controllermanager.go:780',
}
/** Since when errors that nobody handles are printed in the form of structured logs. */
const UNHANDLED_SINCE = 32
const ENDINGS = [
  '"command failed"',
  '"No valid client certificate is found and the server is responsive, exiting."',
]

/** Writes what a component says to the log of its machine; systemd says when a kubelet has ended with it. */
export function writeLog(
  machine: HostMachine,
  program: string,
  level: 'error' | 'warning' | 'info',
  message: string,
  minor: number,
): void {
  const found =
    program === 'kubelet' ? KUBELET_SOURCES.find(([start]) => message.startsWith(start)) : undefined
  const isStructured = message.startsWith('"')
  const isUnhandled = found !== undefined && !isStructured && level === 'error'
  const text = isStructured
    ? message
    : isUnhandled && minor >= UNHANDLED_SINCE
      ? `"Unhandled Error" err=${JSON.stringify(message)}`
      : isUnhandled
        ? message
        : JSON.stringify(message)
  machine.log(
    program,
    level === 'error' ? 'E' : level === 'warning' ? 'W' : 'I',
    found?.[1] ?? SOURCES[program] ?? 'main.go:1',
    text,
  )
  if (program !== 'kubelet' || !ENDINGS.some((start) => message.startsWith(start))) return
  machine.journal('systemd', 'kubelet.service: Main process exited, code=exited, status=1/FAILURE')
  machine.journal('systemd', "kubelet.service: Failed with result 'exit-code'.")
}
