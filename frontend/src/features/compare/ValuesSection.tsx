import { useTranslation } from 'react-i18next';
import type { ComparedValue, Comparison, Run } from '@/api/types';
import { DifferentFirst, Section } from './Section';
import classes from './ComparePage.module.css';

interface PartProps {
  comparison: Comparison;
  onlyDifferences: boolean;
}

export function ValuesSection({ comparison, onlyDifferences }: PartProps) {
  const { t } = useTranslation();
  const { a, b, parameters } = comparison;
  return (
    <Section id="values" title={t('compare.sections.values')}>
      {parameters.length === 0 ? (
        <p className={classes.none}>{t('compare.values.none')}</p>
      ) : (
        <DifferentFirst
          items={parameters}
          isSame={isSame}
          onlyDifferences={onlyDifferences}
          allEqual={t('compare.values.allEqual')}
        >
          {(shown) => (
            <ValueTable
              head={t('compare.values.name')}
              rows={shown.map((each) => ({
                value: each,
                name: each.title ?? each.name,
                a: labelOf(a, each.name) ?? each.a,
                b: labelOf(b, each.name) ?? each.b,
              }))}
            />
          )}
        </DifferentFirst>
      )}
    </Section>
  );
}

function labelOf(run: Run, name: string): string | undefined {
  return run.parameter_value_labels?.[name];
}

const FACTS = ['python_version', 'python', 'kernel', 'kernel_version', 'platform', 'host'] as const;

export function VersionsSection({ comparison, onlyDifferences }: PartProps) {
  const { t } = useTranslation();
  const { versions, packages } = comparison;
  const nameOf = (name: string) => {
    const fact = FACTS.find((known) => known === name);
    return fact ? t(`compare.facts.${fact}`) : name;
  };
  return (
    <Section id="versions" title={t('compare.sections.versions')}>
      {versions.length === 0 ? (
        <p className={classes.none}>{t('compare.versions.none')}</p>
      ) : (
        <DifferentFirst
          items={versions}
          isSame={isSame}
          onlyDifferences={onlyDifferences}
          allEqual={packages?.different.length === 0 ? t('compare.versions.allEqual') : ''}
        >
          {(shown) => (
            <ValueTable
              head={t('compare.versions.name')}
              rows={shown.map((each) => ({ value: each, name: nameOf(each.name), a: each.a, b: each.b }))}
            />
          )}
        </DifferentFirst>
      )}
      {packages && packages.different.length > 0 && (
        <ValueTable
          head={t('compare.versions.package')}
          rows={packages.different.map((each) => ({ value: each, name: each.name, a: each.a, b: each.b }))}
        />
      )}
      <p className={classes.none}>
        {packages ? packages.same > 0 && t('compare.versions.packagesSame', { count: packages.same }) : t('compare.versions.packagesUnknown')}
      </p>
    </Section>
  );
}

function isSame({ state }: ComparedValue): boolean {
  return state === 'same';
}

interface ValueRow {
  value: ComparedValue;
  name: string;
  a: unknown;
  b: unknown;
}

function ValueTable({ head, rows }: { head: string; rows: readonly ValueRow[] }) {
  const { t } = useTranslation();
  return (
    <div className={classes.tableHolder}>
      <table className={classes.values}>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col">{t('compare.side.a')}</th>
            <th scope="col">{t('compare.side.b')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ value, name, a, b }) => (
            <tr key={value.name} data-state={value.state}>
              <th scope="row" title={value.name}>
                {name}
                {value.state !== 'same' && <span className={classes.hidden}> ({t(`compare.states.${value.state}`)})</span>}
              </th>
              <td>
                <Value value={a} absent={value.state === 'only_b'} />
              </td>
              <td>
                <Value value={b} absent={value.state === 'only_a'} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ value, absent }: { value: unknown; absent: boolean }) {
  const { t } = useTranslation();
  if (absent) return <span className={classes.absent}>{t('compare.values.absent')}</span>;
  if (value === null || value === '') return <span className={classes.absent}>–</span>;
  if (typeof value === 'boolean') return t(value ? 'runs.value.yes' : 'runs.value.no');
  return <span className={classes.text}>{typeof value === 'string' ? value : JSON.stringify(value)}</span>;
}
