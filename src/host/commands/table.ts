import { etcdctl } from '../etcd/etcdctl.js'
import { etcdutl } from '../etcd/etcdutl.js'
import { kubeadm } from '../kubeadm/kubeadm.js'
import type { HostCommand } from './command.js'
import { cp } from './cp.js'
import { crictl, docker } from './crictl.js'
import { curl } from './curl.js'
import { hexdump } from './hexdump.js'
import { journalctl } from './journalctl.js'
import { kubectl } from './kubectl.js'
import { df } from './df.js'
import { ip } from './ip.js'
import { iptables, poweroff, reboot, ss, watch } from './machine.js'
import { openssl } from './openssl.js'
import { nc, ping } from './reach.js'
import { free, ps, top, uname, uptime } from './processes.js'
import {
  aptGet,
  aptMark,
  chown,
  date,
  editor,
  hostname,
  id,
  kubelet,
  pager,
  ssh,
  sudo,
  whoami,
} from './system.js'
import { systemctl } from './systemctl.js'

/** The commands of a Kubernetes machine besides those of the shell, by name. */
export const HOST_COMMANDS: Readonly<Record<string, HostCommand>> = {
  kubectl,
  kubeadm,
  kubelet,
  systemctl,
  journalctl,
  crictl,
  docker,
  sudo,
  ssh,
  date,
  id,
  whoami,
  chown,
  cp,
  hostname,
  openssl,
  hexdump,
  curl,
  etcdctl,
  etcdutl,
  'apt-get': aptGet,
  apt: aptGet,
  'apt-mark': aptMark,
  reboot,
  poweroff,
  halt: poweroff,
  shutdown: poweroff,
  df,
  watch,
  ip,
  ss,
  netstat: ss,
  iptables,
  nc,
  ping,
  uname,
  uptime,
  free,
  ps,
  top,
  vi: editor,
  vim: editor,
  nano: editor,
  less: pager,
  more: pager,
}
