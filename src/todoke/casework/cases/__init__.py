"""申請内容照会・処理状況の管理（③-4）: accepted applications in; cases with a worklist row, a state and a timeline out."""
