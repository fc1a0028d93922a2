import { goal, isUp, objectOf } from '../goals.js'
import { changing, gone, keepsTheRest, remade } from '../kept.js'
import { opensOnly } from '../reach.js'
import { lesson, type LessonSource } from '../lesson.js'
import { jsonPatch, lines, patch, sleeper } from '../shared.js'

const manifest = (storageClass: string): string => `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: mysql-pv-claim}
spec:
  accessModes: [ReadWriteOnce]
  storageClassName: ${storageClass}
  resources: {requests: {storage: 20Gi}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: wordpress-mysql}
spec:
  selector: {matchLabels: {app: wordpress, tier: mysql}}
  strategy: {type: Recreate}
  template:
    metadata: {labels: {app: wordpress, tier: mysql}}
    spec:
      containers:
      - name: mysql
        image: mysql:5.6
        env: [{name: MYSQL_ROOT_PASSWORD, value: sesame}]
        ports: [{containerPort: 3306}]
        volumeMounts: [{name: data, mountPath: /var/lib/mysql}]
      volumes: [{name: data, persistentVolumeClaim: {claimName: mysql-pv-claim}}]
---
apiVersion: v1
kind: Service
metadata: {name: wordpress-mysql}
spec: {clusterIP: None, selector: {app: wordpress, tier: mysql}, ports: [{port: 3306}]}
`
const classOf = (name: string): object => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner: 'csi.example.com',
})

/** Chapter 9: WordPress and MySQL. */
export const wordpressLessons: readonly LessonSource[] = [
  lesson('wordpress-tier', 'easy', 4, (draw) => {
    const disk = draw.one('disk', 'block', 'ssd')
    return {
      exams: ['ckad'],
      options: { nodes: 2, addons: { coreDNS: true } },
      texts: {
        ko: {
          title: '데이터베이스에 닿지 않는 블로그',
          symptom:
            '정책을 적용한 뒤로 wordpress가 MySQL에 닿지 않습니다. 다른 포드(stranger)는 계속 막혀 있어야 합니다.',
          hints: [
            'kubectl exec wordpress -- nc -z -w 2 wordpress-mysql 3306: 이름은 찾습니다.',
            'kubectl describe networkpolicy mysql에서 From을 보세요.',
            'kubectl get pods --show-labels와 한 글자씩 비교하세요.',
          ],
          explanation:
            '정책은 tier=front를 허용하는데 포드의 레이블은 tier=frontend입니다. 정책의 셀렉터도 서비스의 셀렉터처럼, 틀려도 오류 없이 ' +
            '아무것도 선택하지 않을 뿐입니다.',
        },
        en: {
          title: 'A blog without its database',
          symptom:
            'Since a policy was applied, wordpress does not reach MySQL. Other pods (stranger) must ' +
            'stay locked out.',
          hints: [
            'kubectl exec wordpress -- nc -z -w 2 wordpress-mysql 3306: the name resolves.',
            'kubectl describe networkpolicy mysql: look at From.',
            'Compare it letter by letter with kubectl get pods --show-labels.',
          ],
          explanation:
            'The policy allows tier=front, and the pod has tier=frontend. Like that of a Service, a ' +
            'selector that is wrong is no error: ' +
            'it just selects nothing.',
        },
      },
      start: ({ cluster }) => {
        cluster.apply([classOf(disk)])
        cluster.apply(manifest(disk))
        cluster.apply([
          sleeper('wordpress', { app: 'wordpress', tier: 'frontend' }),
          sleeper('stranger'),
          {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'NetworkPolicy',
            metadata: { name: 'mysql' },
            spec: {
              podSelector: { matchLabels: { tier: 'mysql' } },
              ingress: [
                { from: [{ podSelector: { matchLabels: { tier: 'front' } } }], ports: [{ port: 3306 }] },
              ],
            },
          },
        ])
        cluster.settle()
      },
      shows: { run: 'kubectl exec wordpress -- nc -z -w 2 wordpress-mysql 3306', prints: /exit code 1/ },
      goals: [
        ...opensOnly('default/wordpress-mysql', 3306, { namespace: 'default', labels: { tier: 'frontend' } }),
        keepsTheRest({ 'networkpolicies/mysql': gone }),
      ],
      solution:
        'kubectl patch networkpolicy mysql --type=json -p ' +
        `'[{"op":"replace","path":"/spec/ingress/0/from/0/podSelector/matchLabels/tier","value":"frontend"}]'`,
      wrongRepairs: [
        'kubectl delete networkpolicy mysql',
        'kubectl label pod wordpress tier=front --overwrite',
        jsonPatch('networkpolicy mysql', [
          { op: 'replace', path: '/spec/ingress/0/from/0/podSelector', value: {} },
        ]),
        jsonPatch('networkpolicy mysql', [{ op: 'replace', path: '/spec/ingress/0', value: {} }]),
        jsonPatch('networkpolicy mysql', [
          { op: 'replace', path: '/spec/podSelector/matchLabels', value: { tier: 'nothing' } },
        ]),
        jsonPatch('networkpolicy mysql', [
          {
            op: 'replace',
            path: '/spec/ingress/0/from/0',
            value: { namespaceSelector: {}, podSelector: { matchLabels: { tier: 'frontend' } } },
          },
        ]),
        jsonPatch('networkpolicy mysql', [
          { op: 'replace', path: '/spec/ingress/0/from/0/podSelector/matchLabels/tier', value: 'frontend' },
          { op: 'remove', path: '/spec/ingress/0/ports' },
        ]),
      ],
    }
  }),
  lesson('wordpress-claim', 'medium', 5, (draw) => {
    const disk = draw.one('disk', 'block', 'ssd')
    const fast = draw.one('fast', 'premium', 'gold')
    return {
      exams: ['cka'],
      texts: {
        ko: {
          title: '기다리기만 하는 MySQL',
          symptom:
            'wordpress-mysql의 포드가 Pending에 머물러 있습니다. 매니페스트는 /root/mysql.yaml에 있습니다.',
          hints: [
            'kubectl describe pod와 kubectl get pvc를 함께 보세요.',
            'kubectl get storageclass에 있는 이름과 PVC가 원하는 이름을 비교하세요.',
            'PVC의 스토리지클래스는 고칠 수 없습니다. 지우고 다시 만들어야 합니다.',
          ],
          explanation:
            `PVC가 존재하지 않는 스토리지클래스(${fast})를 원해서 디스크가 만들어지지 않았고, 디스크가 없으니 포드를 놓을 수 없었습니다. PVC의 spec은 ` +
            '바꿀 수 없으므로 지우고 고친 파일로 다시 만듭니다. 데이터가 있는 PVC라면 지우기 전에 백업하세요.',
        },
        en: {
          title: 'MySQL never starts',
          symptom:
            'The pod of wordpress-mysql does not get beyond Pending. The manifest is /root/mysql.yaml.',
          hints: [
            'Look at kubectl describe pod and kubectl get pvc together.',
            'Compare the names in kubectl get storageclass with what the claim wants.',
            'The class of a claim cannot be changed: delete the claim and create it again.',
          ],
          explanation:
            `The claim wants a StorageClass that does not exist (${fast}), so there is no disk, and ` +
            'without it no place for the pod. The spec ' +
            'of a claim is immutable: delete it and create it from the corrected file. If there were ' +
            'data on it, back it up first.',
        },
      },
      start: ({ cluster, master }) => {
        master.write('/root/mysql.yaml', manifest(fast))
        cluster.apply([classOf(disk)])
        cluster.apply(manifest(fast))
        cluster.settle()
      },
      shows: { run: 'kubectl get pods,pvc', prints: /Pending[^]*mysql-pv-claim +Pending/ },
      goals: [
        goal(
          'The claim mysql-pv-claim is bound, and as large as it was.',
          'PVC mysql-pv-claim이 바운드되었고 크기도 그대로입니다.',
          ({ cluster }) => {
            const claim = () => objectOf(cluster, 'persistentvolumeclaims', 'mysql-pv-claim')
            return cluster.internals.until(() => claim()?.status.phase === 'Bound', '6m')
          },
        ),
        isUp('wordpress-mysql', 1),
        keepsTheRest({
          'persistentvolumeclaims/mysql-pv-claim': changing('spec.storageClassName'),
          'services/wordpress-mysql': remade,
          'deployments/wordpress-mysql': remade,
        }),
      ],
      solution:
        `kubectl delete -f mysql.yaml; sed -i s/${fast}/${disk}/ mysql.yaml; kubectl apply -f ` +
        `mysql.yaml; sleep 60`,
      wrongRepairs: [
        lines('kubectl run mysql --image=mysql:5.6 -l app=wordpress,tier=mysql', 'sleep 60'),
        lines(
          patch('deployment wordpress-mysql', {
            spec: {
              template: { spec: { volumes: [{ name: 'data', persistentVolumeClaim: null, emptyDir: {} }] } },
            },
          }),
          'sleep 60',
        ),
        lines('kubectl scale deployment wordpress-mysql --replicas=0', 'sleep 60'),
        'kubectl delete -f mysql.yaml',
        lines(
          'kubectl delete -f mysql.yaml',
          `sed -i 's/${fast}/${disk}/; s/20Gi/1Gi/' mysql.yaml`,
          'kubectl apply -f mysql.yaml',
          'sleep 60',
        ),
        lines(
          'kubectl delete deployment wordpress-mysql',
          'kubectl create deployment wordpress-mysql --image=mysql:5.6',
          'sleep 60',
        ),
      ],
    }
  }),
]
