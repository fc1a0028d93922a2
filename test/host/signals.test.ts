import { expect, test } from 'vitest'
import { type Host, hostOf } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

const cluster = (): SimCluster => new SimCluster({ nodes: 1, like: 'kubeadm' }).settle()
const out = async (host: Host, line: string): Promise<string> => (await host.sh(line)).stdout

test('systemd starts a killed kubelet again after ten seconds, under another number', async () => {
  const own = cluster()
  const host = hostOf(own, 'node-1')
  const before = await out(host, 'pidof kubelet')
  await host.sh('kill -9 $(pgrep kubelet)')
  const status = await out(host, 'systemctl status kubelet; pgrep kubelet')
  expect(status).toContain('Active: activating (auto-restart) (Result: signal)')
  expect(status).toContain('code=killed, signal=KILL')
  own.advance('9s')
  expect(own.node('node-1').kubelet.state).toBe('restarting')
  own.advance('2s')
  expect(await out(host, 'systemctl is-active kubelet')).toBe('active\n')
  expect(await out(host, 'pidof kubelet')).not.toBe(before)
  expect(await out(host, 'journalctl -u kubelet -t systemd -n 3 -o cat')).toBe(
    'kubelet.service: Main process exited, code=killed, status=9/KILL\n' +
      "kubelet.service: Failed with result 'signal'.\n" +
      'Started kubelet.service - kubelet: The Kubernetes Node Agent.\n',
  )
  own.advance('1m')
  expect(own.node('node-1').ready).toBe(true)
  await host.sh('pkill kubelet; systemctl stop kubelet')
  own.advance('1m')
  expect(await out(host, 'systemctl is-active kubelet')).toBe('inactive\n')
})

test.each(['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler'])(
  'the kubelet restarts a killed %s',
  async (program) => {
    const own = cluster()
    const host = hostOf(own, 'master')
    await host.sh(`kill -9 $(pidof ${program})`)
    const isServer = program === 'etcd' || program === 'kube-apiserver'
    expect((await host.sh('kubectl get nodes')).exitCode).toBe(isServer ? 1 : 0)
    await host.sh('sleep 15')
    expect(await out(host, `crictl ps --name ${program}`)).toMatch(/ Running +\S+ +1 /)
    expect(await out(host, `kubectl get pod -n kube-system ${program}-control-plane --no-headers`)).toMatch(
      /1\/1 +Running +1 \(/,
    )
    await host.sh('kubectl create deployment web --image=nginx; sleep 10')
    expect(await out(host, 'kubectl get deployment web --no-headers')).toMatch(/1\/1/)
  },
)

test('nothing restarts a killed scheduler while the kubelet is stopped', async () => {
  const own = cluster()
  const host = hostOf(own, 'master')
  await host.sh('systemctl stop kubelet; pkill kube-scheduler; kubectl run web --image=nginx; sleep 20m')
  expect(await out(host, 'kubectl get pod web --no-headers')).toContain('Pending')
  expect(await out(host, 'crictl ps -a --name kube-scheduler')).toMatch(/ Exited +\S+ +0 /)
  await host.sh('systemctl start kubelet; sleep 5')
  expect(await out(host, 'kubectl get pod web --no-headers')).toContain('Running')
  expect(await out(host, 'crictl ps --name kube-scheduler')).toMatch(/ Running +\S+ +1 /)
})

test('the kubelet restarts containers whose process was killed, if the signal ends it', async () => {
  const own = cluster()
  const host = hostOf(own, 'node-1')
  own.kubectl('run web --image=nginx')
  own.kubectl('run slow --image=busybox -- sh -c "trap : TERM; while true; do sleep 1; done"')
  own.settle()
  const restarts = (name: string): number =>
    own.get('pods', name).status.containerStatuses?.[0]?.restartCount ?? -1
  await host.sh('pkill -f "trap : TERM"; pkill nginx')
  own.advance('30s')
  expect([restarts('web'), restarts('slow')]).toEqual([1, 0])
  await host.sh('pkill -9 -f "trap : TERM"')
  own.advance('30s')
  expect(restarts('slow')).toBe(1)
  expect(own.get('pods', 'slow').status.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(137)
})

test('a killed containerd is started again at once', async () => {
  const host = hostOf(cluster(), 'node-1')
  const before = await out(host, 'pidof containerd')
  await host.sh('pkill containerd')
  expect(await out(host, 'systemctl is-active containerd; crictl ps | wc -l')).toMatch(/^active\n[1-9]/)
  expect(await out(host, 'pidof containerd')).not.toBe(before)
})

test('pgrep, pidof and kill say what the real programs say', async () => {
  const host = hostOf(cluster(), 'master')
  expect(await out(host, 'pgrep -l kube-sched; pgrep -c kube-')).toMatch(/^\d+ kube-scheduler\n4\n$/)
  expect(await out(host, 'pgrep -fa leader-elect | wc -l')).toBe('2\n')
  expect((await host.sh('pgrep nosuch')).exitCode).toBe(1)
  expect((await host.sh('pgrep kube-controller-manager')).stderr).toContain('longer than 15 characters')
  expect((await host.sh('pgrep -Z x')).stderr).toBe(
    "pgrep: invalid option -- 'Z'\nTry `pgrep --help' for more information.\n",
  )
  const texts = ['kill 99999', 'kill web', 'kill -NONE 1', 'kill %1', 'killall nosuch']
  const said: string[] = []
  for (const line of texts) said.push((await host.sh(line)).stderr.trimEnd())
  expect(said).toEqual([
    'bash: kill: (99999) - No such process',
    'bash: kill: web: arguments must be process or job IDs',
    'bash: kill: NONE: invalid signal specification',
    'bash: kill: %1: no such job',
    'nosuch: no process found',
  ])
  expect(
    (await host.sh('kill -0 1 && kill -9 1 && pidof sshd && pkill sshd; kubectl get nodes')).exitCode,
  ).toBe(0)
})
