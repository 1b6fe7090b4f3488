from taskdeck.sdk.duft import Directories, directories, get_data_dir, get_directories, get_temp_dir, purge_temp_dir

__all__ = ["Directories", "directories", "get_data_dir", "get_directories", "get_temp_dir", "purge_temp_dir"]


def __getattr__(name: str) -> str:
    return getattr(directories, name)
