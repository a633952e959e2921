from .picture import PictureAdmin

__all__ = ["PictureAdmin"]
