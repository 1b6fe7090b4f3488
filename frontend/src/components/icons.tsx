/** Line icons on a grid of 16. They decorate: what they stand for is always said in words as well. */

import type { ReactNode } from 'react';

interface IconProps {
  size?: number;
  className?: string | undefined;
}

function icon(name: string, drawing: ReactNode) {
  function Icon({ size = 16, className }: IconProps) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth={1.4}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
        className={className}
      >
        {drawing}
      </svg>
    );
  }
  Icon.displayName = `${name}Icon`;
  return Icon;
}

export const TasksIcon = icon('Tasks', <path d="M2.5 4h1M2.5 8h1M2.5 12h1M6 4h7.5M6 8h7.5M6 12h7.5" />);
export const RunsIcon = icon(
  'Runs',
  <>
    <path d="M2.7 9.5A5.5 5.5 0 1 0 3.6 5" />
    <path d="M2.8 2.6v2.8h2.8M8 5.2V8l2 1.4" />
  </>,
);
export const ConnectionsIcon = icon(
  'Connections',
  <>
    <ellipse cx="8" cy="3.8" rx="5" ry="1.9" />
    <path d="M3 3.8v8.4c0 1 2.2 1.9 5 1.9s5-.9 5-1.9V3.8M3 8c0 1 2.2 1.9 5 1.9S13 9 13 8" />
  </>,
);
export const ConfigurationIcon = icon(
  'Configuration',
  <>
    <path d="M8 1.9 13.8 5 8 8.1 2.2 5z" />
    <path d="M2.2 8 8 11.1 13.8 8M2.2 11 8 14.1l5.8-3.1" />
  </>,
);
export const PlayIcon = icon('Play', <path d="M4.8 3.2v9.6L12.4 8z" fill="currentColor" />);
export const SearchIcon = icon(
  'Search',
  <>
    <circle cx="7" cy="7" r="4.3" />
    <path d="m10.3 10.3 3.2 3.2" />
  </>,
);
export const CloseIcon = icon('Close', <path d="m4 4 8 8M12 4l-8 8" />);
export const CheckIcon = icon('Check', <path d="m3 8.6 3.2 3.2L13 4.8" />);
export const CopyIcon = icon(
  'Copy',
  <>
    <rect x="5.5" y="5.5" width="8" height="8" rx="1.5" />
    <path d="M10.5 5.5V4A1.5 1.5 0 0 0 9 2.5H4A1.5 1.5 0 0 0 2.5 4v5A1.5 1.5 0 0 0 4 10.5h1.5" />
  </>,
);
export const SunIcon = icon(
  'Sun',
  <>
    <circle cx="8" cy="8" r="2.8" />
    <path d="M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />
  </>,
);
export const MoonIcon = icon('Moon', <path d="M13.3 9.6A5.8 5.8 0 0 1 6.4 2.7a5.8 5.8 0 1 0 6.9 6.9z" />);
export const SystemIcon = icon(
  'System',
  <>
    <rect x="1.8" y="2.8" width="12.4" height="8.4" rx="1.4" />
    <path d="M5.5 13.8h5" />
  </>,
);
export const HelpIcon = icon(
  'Help',
  <>
    <circle cx="8" cy="8" r="6" />
    <path d="M6.3 6.3A1.8 1.8 0 0 1 9.8 7c0 1.2-1.8 1.4-1.8 2.5M8 11.6v.1" />
  </>,
);
export const SettingsIcon = icon(
  'Settings',
  <>
    <circle cx="8" cy="8" r="2.2" />
    <path d="M6.9 1.8h2.2l.3 1.7 1.3.7 1.6-.6 1.1 1.9-1.3 1.1v1.5l1.3 1.1-1.1 1.9-1.6-.6-1.3.7-.3 1.7H6.9l-.3-1.7-1.3-.7-1.6.6-1.1-1.9 1.3-1.1V6.6L2.6 5.5l1.1-1.9 1.6.6 1.3-.7z" />
  </>,
);
export const SidebarIcon = icon(
  'Sidebar',
  <>
    <rect x="2" y="2.8" width="12" height="10.4" rx="1.6" />
    <path d="M6 2.8v10.4" />
  </>,
);
export const ChevronDownIcon = icon('ChevronDown', <path d="m4 6.2 4 4 4-4" />);
export const ChevronRightIcon = icon('ChevronRight', <path d="m6.2 4 4 4-4 4" />);
export const WarningIcon = icon(
  'Warning',
  <>
    <path d="M8 2.3 14.3 13H1.7z" />
    <path d="M8 6.4v3.2M8 11.4v.1" />
  </>,
);
export const ErrorIcon = icon(
  'Error',
  <>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 4.8v3.8M8 11.1v.1" />
  </>,
);
export const InfoIcon = icon(
  'Info',
  <>
    <circle cx="8" cy="8" r="6" />
    <path d="M8 7.4v3.8M8 4.9v.1" />
  </>,
);
export const LockIcon = icon(
  'Lock',
  <>
    <rect x="3.2" y="7" width="9.6" height="6.6" rx="1.3" />
    <path d="M5.2 7V5a2.8 2.8 0 0 1 5.6 0v2" />
  </>,
);
export const NotebookIcon = icon(
  'Notebook',
  <>
    <rect x="3.5" y="2" width="10" height="12" rx="1.4" />
    <path d="M2 5h2.6M2 8h2.6M2 11h2.6M8 5.6h3M8 8.2h3" />
  </>,
);
export const ScriptIcon = icon(
  'Script',
  <>
    <rect x="2" y="2.8" width="12" height="10.4" rx="1.4" />
    <path d="m4.8 6 2.2 2-2.2 2M8.6 10.2h2.6" />
  </>,
);
export const DownloadIcon = icon('Download', <path d="M8 2.3v7.5M4.8 7 8 10.2 11.2 7M2.6 13.4h10.8" />);
export const LinkIcon = icon(
  'Link',
  <path d="M6.6 9.4 9.4 6.6M7.2 4.6l1.3-1.3a2.9 2.9 0 0 1 4.1 4.1l-1.3 1.3M8.8 11.4l-1.3 1.3a2.9 2.9 0 0 1-4.1-4.1l1.3-1.3" />,
);
export const ExternalIcon = icon('External', <path d="M6.5 3H3v10h10V9.5M9.5 2.5h4v4M13.3 2.7 7.5 8.5" />);
export const RefreshIcon = icon('Refresh', <path d="M13.3 6.5A5.5 5.5 0 1 0 13.5 9M13.4 2.8v3.8H9.6" />);
export const ResetIcon = icon('Reset', <path d="M3 6.2h6.4a3.4 3.4 0 0 1 0 6.8H6M3 6.2l2.8-2.8M3 6.2 5.8 9" />);
export const MoreIcon = icon('More', <path d="M3.5 8h.1M8 8h.1M12.5 8h.1" strokeWidth={2.2} />);
export const FilterIcon = icon('Filter', <path d="M2 3.5h12L9.4 8.8v4l-2.8 1v-5z" />);
export const FolderIcon = icon(
  'Folder',
  <path d="M1.9 4.2A1.2 1.2 0 0 1 3.1 3h3l1.5 1.8h5.3a1.2 1.2 0 0 1 1.2 1.2v5.8a1.2 1.2 0 0 1-1.2 1.2H3.1a1.2 1.2 0 0 1-1.2-1.2z" />,
);
export const StarIcon = icon('Star', <path d="m8 1.9 1.9 3.9 4.2.6-3 3 .7 4.2L8 11.6l-3.8 2 .7-4.2-3-3 4.2-.6z" />);

const BELL = 'M8 2.2a3.8 3.8 0 0 0-3.8 3.8c0 3.2-1.4 4.2-1.4 5.2h10.4c0-1-1.4-2-1.4-5.2A3.8 3.8 0 0 0 8 2.2z';
const OpenBell = icon('OpenBell', <path d={`${BELL}M6.6 13.4a1.5 1.5 0 0 0 2.8 0`} />);
const FilledBell = icon(
  'FilledBell',
  <>
    <path d={BELL} fill="currentColor" />
    <path d="M6.6 13.4a1.5 1.5 0 0 0 2.8 0" />
  </>,
);
export function BellIcon({ filled = false, ...props }: IconProps & { filled?: boolean }) {
  return filled ? <FilledBell {...props} /> : <OpenBell {...props} />;
}
export const TerminalIcon = icon('Terminal', <path d="m3 4.5 3.5 3.5L3 11.5M8.2 12H13" />);
export const CodeIcon = icon('Code', <path d="m5.4 4.6-3.4 3.4 3.4 3.4M10.6 4.6l3.4 3.4-3.4 3.4" />);
export const UploadIcon = icon('Upload', <path d="M8 10.2V2.6M4.8 5.6 8 2.4l3.2 3.2M2.6 13.4h10.8" />);
export const ChartIcon = icon('Chart', <path d="M2.5 2.5v11h11M5.5 11V8M8.5 11V5M11.5 11V6.5" />);
