-- Why: everybody reads PROJECT_STATUS at each boot, so a status without end would be paid for by all, or leave no room to think.

ALTER TABLE company.brain ADD CONSTRAINT the_status_fits_its_page CHECK (file_key <> 'PROJECT_STATUS' OR length(content) <= 8000);
