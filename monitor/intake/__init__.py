"""What somebody pastes or uploads to have it watched, understood line by line. Pure: nothing is fetched or stored."""

from monitor.intake.line import Intake, Line, Options
from monitor.intake.read import MOST, read

__all__ = ["MOST", "Intake", "Line", "Options", "read"]
