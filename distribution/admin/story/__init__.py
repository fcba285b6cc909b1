"""What a lead's page and a delivery's page tell, made ready for their templates."""
