"""What accounts add to the back office: people stay signed in when they add a site of their own."""

from agents.services import sessions
from chat.admin import back_office

back_office.stay_signed_in = sessions.keep
