import { expect, test } from 'vitest'
import { type Host, hostOf } from '../../src/host/index.js'
import { SimCluster } from '../../src/index.js'

function exposed(): { readonly own: SimCluster; readonly host: Host; readonly clusterIP: string } {
  const own = new SimCluster({ nodes: 2, like: 'kubeadm' }).settle()
  own.kubectl('create deployment web --image=nginx --port=80')
  own.kubectl('expose deployment web --port=80')
  own.settle()
  return { own, host: hostOf(own, 'node-1'), clusterIP: own.get('services', 'web').spec?.clusterIP ?? '' }
}

const NAME = 'web.default.svc.cluster.local'

test("the cluster's names resolve when its DNS server is asked, not by the machine's own", async () => {
  const { host, clusterIP } = exposed()
  expect(await host.sh(`nslookup ${NAME} 10.96.0.10`)).toMatchObject({
    exitCode: 0,
    stdout: `Server:\t\t10.96.0.10\nAddress:\t10.96.0.10#53\n\nName:\t${NAME}\nAddress: ${clusterIP}\n\n`,
  })
  expect(await host.sh(`nslookup ${NAME}`)).toMatchObject({
    exitCode: 1,
    stdout: `Server:\t\t10.0.0.2\nAddress:\t10.0.0.2#53\n\n** server can't find ${NAME}: NXDOMAIN\n\n`,
  })
  expect((await host.sh(`dig +short @10.96.0.10 ${NAME}; host ${NAME} 10.96.0.10 | tail -1`)).stdout).toBe(
    `${clusterIP}\n${NAME} has address ${clusterIP}\n`,
  )
  const { stdout, exitCode } = await host.sh(`dig @10.96.0.10 nosuch.${NAME}`)
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('status: NXDOMAIN, id: ')])
  expect((await host.sh(`dig @10.96.0.10 -x ${clusterIP} +short`)).stdout).toBe(`${NAME}.\n`)
  expect((await host.sh(`nslookup ${clusterIP} 10.96.0.10`)).stdout).toContain(`\tname = ${NAME}.\n`)
  expect((await host.sh(`host ${NAME}`)).stdout).toBe(`Host ${NAME} not found: 3(NXDOMAIN)\n`)
  expect((await host.sh(`curl -s ${NAME}`)).exitCode).toBe(6)
})

test('a machine whose resolv.conf names the DNS of the cluster finds Services', async () => {
  const { host, clusterIP } = exposed()
  await host.sh('echo nameserver 10.96.0.10 > /etc/resolv.conf')
  expect((await host.sh(`getent hosts ${NAME}; nc -zv ${NAME} 80; curl -s ${NAME}`)).terminal).toMatch(
    new RegExp(`^${clusterIP} +${NAME}\nConnection to .* succeeded!\n[^]*Welcome to nginx`),
  )
  expect((await host.sh('getent hosts web')).exitCode).toBe(2)
  await host.sh('echo search default.svc.cluster.local >> /etc/resolv.conf')
  expect((await host.sh('getent hosts web; wget -qO- http://web | grep -c nginx')).stdout).toMatch(
    /web\n[1-9]/,
  )
})

test('names of /etc/hosts come before DNS', async () => {
  const { host } = exposed()
  expect((await host.sh('getent hosts node-2')).stdout).toBe('10.0.0.12       node-2\n')
  await host.sh('echo "10.0.0.12 worker" >> /etc/hosts')
  expect((await host.sh('ping -c 1 worker; telnet worker 10250; nc -zv worker 10250')).exitCode).toBe(0)
  expect((await host.sh('nslookup worker')).stdout).toContain("can't find worker: NXDOMAIN")
})

test('a server that does not respond costs its time, and dig ends with 9', async () => {
  const { own, host } = exposed()
  own.kubectl('scale deployment coredns -n kube-system --replicas=0')
  own.settle()
  expect(await host.sh(`dig @10.96.0.10 ${NAME}`)).toMatchObject({
    exitCode: 9,
    stdout: expect.stringContaining(';; communications error to 10.96.0.10#53: connection refused\n'),
  })
  const before = own.now()
  const { stdout, exitCode } = await host.sh(`nslookup ${NAME} 10.1.2.3`)
  expect([exitCode, stdout]).toEqual([
    1,
    expect.stringMatching(/timed out\n;; no servers could be reached\n$/),
  ])
  expect(own.now() - before).toBe(15_000)
})

test('wrong options and missing names are errors', async () => {
  const { host } = exposed()
  const codes: number[] = []
  for (const line of [
    'nslookup',
    'nslookup -type=FOO a',
    'host',
    'dig',
    'dig +foo a',
    'dig -Q a',
    'getent',
    'getent foo a',
  ])
    codes.push((await host.sh(line)).exitCode)
  expect(codes).toEqual(codes.map(() => 1))
  expect((await host.sh('dig @nosuch a')).stderr).toBe("dig: couldn't get address for 'nosuch': not found\n")
})
